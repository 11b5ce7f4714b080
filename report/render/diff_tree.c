/* The chains of both profiles as one tree. */
#include "report/render/diff.h"
#include "report/render/drawing.h"
#include "report/render/names.h"

#define DEFAULT_LIMIT 0.005
#define RATIO_WIDTH 10

static void add_ratio(struct text *out, const struct diff_input *in, u32 node)
{
	const struct diff_node *at = &in->diff->nodes[node];
	u32 label = in->diff->shape.nodes.data[node].label;
	struct diff_ratio ratio = diff_ratio(at->total[0], at->total[1], diff_scale(in));
	int without = at->total[0].samples ? 1 : 0; /* if it is not in both */

	if (ratio.valid)
		diff_ratio_text(out, in, ratio);
	else if (in->diff->unknown[without][label])
		text_add(out, "not known");
	else
		text_add(out, without ? "only A" : "only B");
}

static enum ink ink_of(const struct diff_input *in, u32 node)
{
	const struct diff_node *at = &in->diff->nodes[node];
	struct diff_ratio ratio = diff_ratio(at->total[0], at->total[1], diff_scale(in));

	if (!ratio.valid || diff_is_same(ratio))
		return INK_NONE;
	return ratio.ratio < 1 ? INK_GAIN : INK_LOSS;
}

static void print_left(const struct drawing *d, u32 node)
{
	const struct diff_input *in = d->arg;
	const struct diff_node *at = &in->diff->nodes[node];
	struct text ratio = { 0 };
	char value[32];

	for (int side = 0; side < 2; side++)
		fprintf(in->out, "%7s ",
			at->total[side].samples ? diff_value(in, at->total[side], side, value)
						: "-");
	add_ratio(&ratio, in, node);
	fputs(style_ink(in->style, ink_of(in, node)), in->out);
	diff_print_right(in->out, text_str(&ratio), RATIO_WIDTH);
	fprintf(in->out, "%s  ", style_plain(in->style));
	text_release(&ratio);
}

void render_diff_tree(const struct diff_input *in)
{
	struct drawing drawing = {
		.out = in->out,
		.style = in->style,
		.tree = &in->diff->shape,
		.all = calltree_all(&in->diff->shape),
		.limit = in->limit < 0 ? DEFAULT_LIMIT : in->limit,
		.left_width = 16 + RATIO_WIDTH + 2,
		.left = print_left,
		.arg = in,
	};

	render_diff_header(in, "Total A Total B      Ratio  Call tree");
	drawing_print(&drawing);
}
