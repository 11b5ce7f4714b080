/* Two counts a line, as differential flame graph tools read them. */
#include "report/render/diff.h"
#include "report/render/folded.h"

#include <math.h>

void render_diff_folded(const struct diff_input *in)
{
	const struct diff *diff = in->diff;
	/* As their authors' own tool does it: the first run's counts are scaled to the second's. */
	double scale = in->normalize && diff->all[0].samples
			       ? (double)diff->all[1].samples / (double)diff->all[0].samples
			       : 1;
	struct folded folded = { 0 };

	for (u32 id = 1; id < diff->shape.nodes.len; id++) {
		u64 a = diff->nodes[id].self[0].samples, b = diff->nodes[id].self[1].samples;

		if (a || b)
			folded_add(&folded, &diff->shape, id, (u64)llround((double)a * scale), b);
	}
	folded_print(&folded, in->out, 2);
}
