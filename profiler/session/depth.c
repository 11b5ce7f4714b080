/* How much of each stack is copied: see depth.h. */
#include "profiler/session/depth.h"

#include "profiler/session/session_private.h"

/* So many stacks, of so long a time, say how deep a target's are: its start is like nothing else. */
#define STACKS_LEAST 200
#define TIME_LEAST (NSEC_PER_SEC / 2)

/* Twice what was needed, in pages, and at least so much; more than the last is not worth it. */
#define COPY_LEAST (8u << 10)
#define COPY_MOST (40u << 10)
#define COPY_STEP (4u << 10)

static u32 bytes_for(u64 reach)
{
	u64 bytes = align_up(u64_max(2 * reach, COPY_LEAST), COPY_STEP);

	return bytes <= COPY_MOST ? (u32)bytes : 0;
}

static void narrow(struct session *s, const struct unwind_stats *stacks, u64 now)
{
	struct depth *d = &s->depth;
	u32 bytes = stacks->cut ? 0 : bytes_for(stacks->reach);

	d->settled = !bytes || !sampler_narrow(s->sampler, bytes);
	if (d->settled)
		return;
	d->bytes = bytes;
	d->since = now;
}

/* What was cut until the next look is marked, and was all that is lost by it. */
static void widen(struct session *s, u64 now)
{
	sampler_widen(s->sampler);
	s->depth.until = now;
	s->depth.settled = true;
}

void depth_look(struct session *s)
{
	const struct unwind_stats *stacks = pipeline_stacks(s->pipeline);
	u64 now = session_now() - s->started;

	if (s->depth.settled || !s->enabled)
		return;
	if (s->depth.bytes) {
		if (stacks->cut)
			widen(s, now);
	} else if (stacks->stacks >= STACKS_LEAST && now >= s->options->delay_ns + TIME_LEAST) {
		narrow(s, stacks, now);
	}
}
