/*
 * Trees for the terminal: the call tree, the inverted tree, and callers.
 *
 * Only a fork, and the root, cost a step to the right: a function that is all that its parent calls
 * stands right below it, so that an await chain of thirty fits into 80 columns.
 */
#include "report/render/names.h"
#include "report/render/render.h"
#include "report/tree/invert.h"

#define DEFAULT_LIMIT 0.005
#define LEAST_NAME 24 /* columns that a name keeps however deep it stands */

struct drawing {
	const struct render_input *in;
	const struct calltree *tree;
	double limit;
	bool self; /* has a column of its own */
	struct amount all;
	struct text rails; /* what continues on the left of the current line */
	struct label_ids rail_ends; /* rails.len when each open fork began */
	u64 hidden;
};

static bool shows(const struct drawing *d, u32 node)
{
	return amount_share(d->tree->nodes.data[node].total, d->all) >= d->limit;
}

/* Children are sorted: those that are shown come first. */
static u32 next_shown(const struct drawing *d, u32 node)
{
	u32 next = d->tree->nodes.data[node].next_sibling;

	return next != NO_ID && shows(d, next) ? next : NO_ID;
}

static u32 first_shown(const struct drawing *d, u32 node)
{
	u32 child = d->tree->nodes.data[node].first_child;

	return child != NO_ID && shows(d, child) ? child : NO_ID;
}

/* Is this the one child that is shown of a node that is no root? */
static bool continues(const struct drawing *d, u32 node)
{
	u32 parent = d->tree->nodes.data[node].parent;

	return parent != 0 && first_shown(d, parent) == node && next_shown(d, node) == NO_ID;
}

static void print_node(struct drawing *d, u32 node, const char *branch)
{
	const struct style *style = d->in->style;
	const struct calltree_node *at = &d->tree->nodes.data[node];
	const struct label *label = &d->tree->labels->labels.data[at->label];
	double total = amount_share(at->total, d->all);
	struct text name = { 0 }, fitted = { 0 };
	char samples[32];
	size_t left, room;

	fprintf(d->in->out, "%s%5.1f%%%s", style_ink(style, style_ink_of_share(total)), 100 * total,
		style_plain(style));
	if (d->self && at->self.samples)
		fprintf(d->in->out, "  %5.1f%%", 100 * amount_share(at->self, d->all));
	else if (d->self)
		fprintf(d->in->out, "        ");
	fprintf(d->in->out, "  %8s  ", format_count(at->total.samples, samples));
	left = (d->self ? 26 : 18) + name_width(text_str(&d->rails)) + name_width(branch);
	room = style->width > left + LEAST_NAME ? style->width - left : LEAST_NAME;
	text_add(&name, labels_name(d->tree->labels, at->label));
	name_site(&name, d->tree, node);
	name_fit(&fitted, text_str(&name), style->width ? room : 0, style->unicode);
	fprintf(d->in->out, "%s%s%s%s%s%s%s\n", style_ink(style, INK_DIM), text_str(&d->rails),
		branch, style_plain(style), style_ink(style, style_ink_of_kind(label->kind)),
		text_str(&fitted), style_plain(style));
	text_release(&fitted);
	text_release(&name);
}

/* Draws a node in its place, and opens a rail for what hangs below it. */
static void enter(struct drawing *d, u32 node)
{
	const struct style *style = d->in->style;
	bool last = next_shown(d, node) == NO_ID;

	*vec_push(&d->rail_ends) = (u32)d->rails.len;
	if (d->tree->nodes.data[node].parent == 0) {
		print_node(d, node, "");
		text_add(&d->rails, "  ");
		return;
	}
	if (continues(d, node)) {
		print_node(d, node, "");
		return;
	}
	if (style->unicode)
		print_node(d, node, last ? "└─ " : "├─ ");
	else
		print_node(d, node, last ? "`- " : "|- ");
	text_add(&d->rails, last ? "   " : style->unicode ? "│  " : "|  ");
}

static void leave(struct drawing *d)
{
	d->rails.len = d->rail_ends.data[--d->rail_ends.len];
	if (d->rails.at)
		d->rails.at[d->rails.len] = '\0';
}

static void count_hidden(struct drawing *d, u32 node)
{
	u32 child = d->tree->nodes.data[node].first_child;

	for (; child != NO_ID; child = d->tree->nodes.data[child].next_sibling)
		d->hidden += !shows(d, child);
}

static void draw(struct drawing *d)
{
	u32 at = first_shown(d, 0);

	count_hidden(d, 0);
	while (at != NO_ID && at != 0) {
		u32 next;

		enter(d, at);
		count_hidden(d, at);
		next = first_shown(d, at);
		while (next == NO_ID && at != 0) {
			leave(d);
			next = next_shown(d, at);
			at = d->tree->nodes.data[at].parent;
		}
		at = next;
	}
}

static void draw_tree(const struct render_input *in, const struct calltree *tree, bool self)
{
	struct drawing d = {
		.in = in,
		.tree = tree,
		.limit = in->limit < 0 ? DEFAULT_LIMIT : in->limit,
		.self = self,
		.all = calltree_all(in->tree),
	};
	char buf[32];

	draw(&d);
	if (d.hidden)
		fprintf(in->out, "%s smaller branch%s not shown (--percent-limit 0 shows %s)\n",
			format_count(d.hidden, buf), d.hidden == 1 ? " is" : "es are",
			d.hidden == 1 ? "it" : "them");
	text_release(&d.rails);
	vec_release(&d.rail_ends);
}

void render_tree(const struct render_input *in)
{
	render_header(in, " Total    Self   Samples  Call tree");
	draw_tree(in, in->tree, true);
}

void render_inverted(const struct render_input *in)
{
	struct calltree inverted;

	calltree_init(&inverted, in->tree->labels);
	invert_all(&inverted, in->tree);
	render_header(in, " Share   Samples  Function, called from");
	draw_tree(in, &inverted, false);
	calltree_release(&inverted);
}

void render_callers(const struct render_input *in)
{
	struct calltree callers;

	calltree_init(&callers, in->tree->labels);
	invert_callers(&callers, in->tree, in->functions);
	render_header(in, " Share   Samples  Function, called from");
	draw_tree(in, &callers, false);
	calltree_release(&callers);
}
