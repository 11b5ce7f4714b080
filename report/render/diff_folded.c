/* Two counts a line, as differential flame graph tools read them. */
#include "report/render/diff.h"
#include "report/render/folded.h"

#include <math.h>

struct scaled {
	const struct diff *diff;
	double scale; /* of the first run's counts */
};

static bool samples_of(const void *arg, u32 node, u64 counts[FOLDED_COUNTS])
{
	const struct scaled *scaled = arg;
	u64 a = scaled->diff->nodes[node].self[0].samples;

	counts[0] = (u64)llround((double)a * scaled->scale);
	counts[1] = scaled->diff->nodes[node].self[1].samples;
	return a || counts[1];
}

void render_diff_folded(const struct diff_input *in)
{
	const struct diff *diff = in->diff;
	/* As their authors' own tool does it: the first run's counts are scaled to the second's. */
	const struct scaled scaled = {
		diff,
		in->normalize && diff->all[0].samples
			? (double)diff->all[1].samples / (double)diff->all[0].samples
			: 1,
	};

	folded_print(in->out, &diff->shape, samples_of, &scaled, 2);
}
