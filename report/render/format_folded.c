/* Folded stacks: one line a distinct logical stack. */
#include "report/render/folded.h"
#include "report/render/render.h"

void render_folded(const struct render_input *in)
{
	struct folded folded = { 0 };

	for (u32 id = 1; id < in->tree->nodes.len; id++)
		if (in->tree->nodes.data[id].self.samples)
			folded_add(&folded, in->tree, id, in->tree->nodes.data[id].self.samples, 0);
	folded_print(&folded, in->out, 1);
}
