/* Drawing a tree: rails and branches on the left of names, without recursion. */
#include "report/render/drawing.h"

#include "report/render/names.h"

#define LEAST_NAME 24 /* columns that a name keeps however deep it stands */

struct pen {
	const struct drawing *d;
	struct text rails; /* what stands left of the current name */
	struct label_ids rail_ends; /* rails.len when each open node began */
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

static bool is_root(const struct drawing *d, u32 node)
{
	return d->tree->nodes.data[node].parent == 0;
}

/* Is this all that is shown of what its parent calls? */
static bool continues(const struct drawing *d, u32 node)
{
	return first_shown(d, d->tree->nodes.data[node].parent) == node &&
	       next_shown(d, node) == NO_ID;
}

static void print_node(const struct pen *pen, u32 node, const char *branch)
{
	const struct drawing *d = pen->d;
	const struct style *style = d->style;
	const struct label *label = &d->tree->labels->labels.data[d->tree->nodes.data[node].label];
	size_t left = d->left_width + name_width(text_str(&pen->rails)) + name_width(branch);
	size_t room = style->width > left + LEAST_NAME ? style->width - left : LEAST_NAME;
	struct text name = { 0 }, fitted = { 0 };

	d->left(d, node);
	text_add(&name, calltree_name(d->tree, node));
	name_site(&name, d->tree, node);
	name_fit(&fitted, text_str(&name), style->width ? room : 0, style->unicode);
	fprintf(d->out, "%s%s%s%s%s%s%s\n", style_ink(style, INK_DIM), text_str(&pen->rails),
		branch, style_plain(style), style_ink(style, style_ink_of_kind(label->kind)),
		text_str(&fitted), style_plain(style));
	text_release(&fitted);
	text_release(&name);
}

/* Draws a node in its place, and what runs down on the left of all below it. */
static void enter(struct pen *pen, u32 node)
{
	const struct drawing *d = pen->d;
	bool unicode = d->style->unicode;
	bool last = next_shown(d, node) == NO_ID;

	*vec_push(&pen->rail_ends) = (u32)pen->rails.len;
	if (is_root(d, node)) {
		print_node(pen, node, "");
		text_add(&pen->rails, "  ");
	} else if (continues(d, node)) {
		print_node(pen, node, "");
	} else if (last) {
		print_node(pen, node, unicode ? "└─ " : "`- ");
		text_add(&pen->rails, "   ");
	} else {
		print_node(pen, node, unicode ? "├─ " : "|- ");
		text_add(&pen->rails, unicode ? "│  " : "|  ");
	}
}

static void leave(struct pen *pen)
{
	pen->rails.len = pen->rail_ends.data[--pen->rail_ends.len];
	if (pen->rails.at)
		pen->rails.at[pen->rails.len] = '\0';
}

static void count_hidden(struct pen *pen, u32 node)
{
	u32 child = pen->d->tree->nodes.data[node].first_child;

	for (; child != NO_ID; child = pen->d->tree->nodes.data[child].next_sibling)
		pen->hidden += !shows(pen->d, child);
}

static void walk(struct pen *pen)
{
	const struct drawing *d = pen->d;
	u32 at = first_shown(d, 0);

	count_hidden(pen, 0);
	while (at != NO_ID) {
		u32 next;

		enter(pen, at);
		count_hidden(pen, at);
		next = first_shown(d, at);
		while (next == NO_ID && at != 0) {
			leave(pen);
			next = next_shown(d, at);
			at = d->tree->nodes.data[at].parent;
		}
		at = next;
	}
}

void drawing_print(const struct drawing *drawing)
{
	struct pen pen = { .d = drawing };
	char buf[32];

	walk(&pen);
	if (pen.hidden)
		fprintf(drawing->out,
			"%s smaller branch%s not shown (--percent-limit 0 shows %s)\n",
			format_count(pen.hidden, buf), pen.hidden == 1 ? " is" : "es are",
			pen.hidden == 1 ? "it" : "them");
	text_release(&pen.rails);
	vec_release(&pen.rail_ends);
}
