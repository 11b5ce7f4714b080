/* CPU by task root, each with its hottest chain. */
#include "report/render/names.h"
#include "report/render/render.h"
#include "report/tree/tasks.h"

#define COLUMNS_BEFORE_NAME 30
#define ARROW " > "

/* The chain below the root, root first, cut in the middle of the line if it is long. */
static void add_chain(struct text *out, const struct calltree *tree, u32 leaf, bool with_root)
{
	struct label_ids path = { 0 };

	for (u32 at = leaf; at != 0; at = tree->nodes.data[at].parent)
		*vec_push(&path) = at;
	for (size_t i = path.len - (with_root ? 0 : 1); i-- > 0;) {
		text_add(out, ARROW);
		text_add(out, calltree_name(tree, path.data[i]));
		name_site(out, tree, path.data[i]);
	}
	vec_release(&path);
}

static void print_chain(const struct render_input *in, const struct task_row *row)
{
	const struct style *style = in->style;
	struct text chain = { 0 }, fitted = { 0 };
	double share = amount_share(in->tree->nodes.data[row->hottest].self, row->amount);

	add_chain(&chain, in->tree, row->hottest, row->root == NO_ID);
	if (chain.len) {
		name_fit(&fitted, text_str(&chain) + strlen(ARROW),
			 style->width ? style->width - COLUMNS_BEFORE_NAME - 2 : 0, style->unicode);
		fprintf(in->out, "%*s%s%3.0f%% in  %s%s\n", COLUMNS_BEFORE_NAME - 6, "",
			style_ink(style, INK_DIM), 100 * share, text_str(&fitted),
			style_plain(style));
	}
	text_release(&fitted);
	text_release(&chain);
}

static void print_row(const struct render_input *in, const struct task_row *row)
{
	const struct style *style = in->style;
	bool is_time = strcmp(in->profile->events[in->event].unit, "ns") == 0;
	double share = amount_share(row->amount, calltree_all(in->tree));
	struct text name = { 0 };
	char cost[32], samples[32];

	if (row->root == NO_ID)
		text_add(&name, "(outside of tasks)");
	else
		name_fit(&name, labels_name(in->tree->labels, row->root),
			 style->width ? style->width - COLUMNS_BEFORE_NAME : 0, style->unicode);
	if (is_time)
		format_time((double)row->amount.weight, cost);
	else
		snprintf(cost, sizeof cost, "%.3g", (double)row->amount.weight);
	fprintf(in->out, "%s%5.1f%%%s  %8s  %8s    %s%s%s\n",
		style_ink(style, style_ink_of_share(share)), 100 * share, style_plain(style), cost,
		format_count(row->amount.samples, samples),
		style_ink(style, row->root == NO_ID ? INK_SPECIAL : INK_ASYNC), text_str(&name),
		style_plain(style));
	text_release(&name);
	print_chain(in, row);
}

void render_tasks(const struct render_input *in)
{
	double limit = in->limit < 0 ? 0 : in->limit;
	bool is_time = strcmp(in->profile->events[in->event].unit, "ns") == 0;
	struct tasks rows = { 0 };

	tasks_build(&rows, in->tree);
	render_header(in,
		      is_time ? " Share       CPU   Samples    Task root, and its hottest chain"
			      : " Share    Events   Samples    Task root, and its hottest chain");
	vec_each (&rows, row)
		if (amount_share(row->amount, calltree_all(in->tree)) >= limit)
			print_row(in, row);
	vec_release(&rows);
}
