/* Folded stacks: one line a distinct logical stack. */
#include "report/render/folded.h"
#include "report/render/render.h"

static bool samples_of(const void *arg, u32 node, u64 counts[FOLDED_COUNTS])
{
	const struct calltree *tree = arg;

	counts[0] = tree->nodes.data[node].self.samples;
	return counts[0] != 0;
}

void render_folded(const struct render_input *in)
{
	folded_print(in->out, in->tree, samples_of, in->tree, 1);
}
