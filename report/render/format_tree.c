/* Trees for the terminal: the call tree, the inverted tree, and callers. */
#include "report/render/drawing.h"
#include "report/render/render.h"
#include "report/tree/invert.h"

#define DEFAULT_LIMIT 0.005

static void print_total(const struct drawing *d, u32 node)
{
	double total = amount_share(d->tree->nodes.data[node].total, d->all);

	fprintf(d->out, "%s%5.1f%%%s", style_ink(d->style, style_ink_of_share(total)), 100 * total,
		style_plain(d->style));
}

static void print_samples(const struct drawing *d, u32 node)
{
	char samples[32];

	fprintf(d->out, "  %8s  ", format_count(d->tree->nodes.data[node].total.samples, samples));
}

static void left_with_self(const struct drawing *d, u32 node)
{
	struct amount self = d->tree->nodes.data[node].self;

	print_total(d, node);
	if (self.samples)
		fprintf(d->out, "  %5.1f%%", 100 * amount_share(self, d->all));
	else
		fprintf(d->out, "%8s", "");
	print_samples(d, node);
}

static void left_of_inverted(const struct drawing *d, u32 node)
{
	print_total(d, node);
	print_samples(d, node);
}

static struct drawing drawing_of(const struct render_input *in, const struct calltree *tree)
{
	return (struct drawing){
		.out = in->out,
		.style = in->style,
		.tree = tree,
		.all = calltree_all(in->tree),
		.limit = in->limit < 0 ? DEFAULT_LIMIT : in->limit,
		.left_width = 18,
		.left = left_of_inverted,
	};
}

void render_tree(const struct render_input *in)
{
	struct drawing drawing = drawing_of(in, in->tree);

	drawing.left = left_with_self;
	drawing.left_width = 26;
	render_header(in, " Total    Self   Samples  Call tree");
	drawing_print(&drawing);
}

static void render_towards_root(const struct render_input *in, struct calltree *inverted)
{
	struct drawing drawing = drawing_of(in, inverted);

	render_header(in, " Share   Samples  Function, called from");
	drawing_print(&drawing);
	calltree_release(inverted);
}

void render_inverted(const struct render_input *in)
{
	struct calltree inverted;

	calltree_init(&inverted, in->tree->labels);
	invert_all(&inverted, in->tree);
	render_towards_root(in, &inverted);
}

void render_callers(const struct render_input *in)
{
	struct calltree callers;

	calltree_init(&callers, in->tree->labels);
	invert_callers(&callers, in->tree, in->functions);
	render_towards_root(in, &callers);
}
