/* CPU by task root, each with its hottest chain. */
#include <stdlib.h>
#include <string.h>

#include "report/render/names.h"
#include "report/render/render.h"
#include "report/tree/tasks.h"

#define COLUMNS_BEFORE_NAME 30
#define ARROW " > "
#define DOTS ".."
#define MOST_LINES 4 /* of a chain */

struct name_list VEC(char *);

/* The names of a chain, root first, each fit to the width of a line. */
static void chain_names(struct name_list *out, const struct render_input *in, u32 leaf, bool root,
			size_t width)
{
	struct label_ids path = { 0 };

	for (u32 at = leaf; at != 0; at = in->tree->nodes.data[at].parent)
		*vec_push(&path) = at;
	for (size_t i = path.len; i-- > 0;) {
		struct text name = { 0 }, fitted = { 0 };

		/* The root stands in the line above: here only where it awaits, if that is known. */
		if (root || i + 1 < path.len)
			text_add(&name, calltree_name(in->tree, path.data[i]));
		else if (in->tree->nodes.data[path.data[i]].site == NO_ID)
			continue;
		name_site(&name, in->tree, path.data[i]);
		name_fit(&fitted, text_str(&name) + (text_str(&name)[0] == ' '), width,
			 in->style->unicode);
		*vec_push(out) = text_take(&fitted);
		text_release(&name);
	}
	vec_release(&path);
}

/* Breaks a chain before names that do not fit into the line; counts the lines if out is NULL. */
static size_t put_chain(FILE *out, const struct name_list *names, size_t skip_from, size_t skip_to,
			size_t width)
{
	size_t lines = 1, column = 0;

	for (size_t i = 0; i < names->len; i++) {
		const char *name = i == skip_from && skip_to > skip_from ? DOTS : names->data[i];
		size_t need = name_width(name) + (column ? strlen(ARROW) : 0);

		if (i > skip_from && i < skip_to)
			continue;
		if (column && width && column + need > width) {
			lines++;
			column = 0;
			if (out)
				fprintf(out, "\n%*s", COLUMNS_BEFORE_NAME + 4, "> ");
		}
		if (out)
			fprintf(out, "%s%s", column ? ARROW : "", name);
		column += need;
	}
	return lines;
}

/* The hottest chain, below the task's root: its middle goes if it takes too many lines. */
static void print_chain(const struct render_input *in, const struct task_row *row)
{
	const struct style *style = in->style;
	size_t width = style->width ? style->width - COLUMNS_BEFORE_NAME - 4 : 0;
	double share = amount_share(in->tree->nodes.data[row->hottest].self, row->amount);
	struct name_list names = { 0 };
	size_t from = 0, to = 0;

	chain_names(&names, in, row->hottest, row->root == NO_ID, width);
	if (names.len > 2)
		from = to = names.len / 2;
	while (put_chain(NULL, &names, from, to, width) > MOST_LINES && to - from + 2 < names.len) {
		if (to - from < 2 || names.len - to > from)
			to += to - from < 2 ? 2 : 1;
		else
			from--;
	}
	if (names.len) {
		fprintf(in->out, "%*s%s%3.0f%% in  ", COLUMNS_BEFORE_NAME - 6, "",
			style_ink(style, INK_DIM), 100 * share);
		put_chain(in->out, &names, from, to, width);
		fprintf(in->out, "%s\n", style_plain(style));
	}
	vec_each (&names, name)
		free(*name);
	vec_release(&names);
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
