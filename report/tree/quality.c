/* Counting how stacks ended: by their outermost frame. */
#include "report/tree/quality.h"

#include <stdlib.h>

#include <aprof/alloc.h>

static u8 stop_of(const struct frame *frame)
{
	if (frame->status == FRAME_LOST)
		return STOP_COUNT;
	if (!frame_is_end(frame))
		return STOP_END;
	/* A reason that this version does not know still is a failure. */
	return frame->offset < STOP_COUNT ? (u8)frame->offset : STOP_BAD_RULE;
}

void quality_stops_init(struct quality_stops *stops, const struct profile *profile)
{
	stops->by_stack = xcalloc((size_t)profile->stack_count + 1, 1);
	/* A parent's id is smaller than its child's: one sweep carries the outermost frame down. */
	for (u32 id = 0; id < profile->stack_count; id++) {
		const struct profile_stack *stack = &profile->stacks[id];

		const struct frame *frame = &profile->frames[stack->frame];

		stops->by_stack[id] = stack->parent != NO_ID
					      ? stops->by_stack[stack->parent] & (QUALITY_SKID - 1)
					      : stop_of(frame);
		if (frame->status == FRAME_SKID)
			stops->by_stack[id] |= QUALITY_SKID;
	}
}

void quality_stops_release(struct quality_stops *stops)
{
	free(stops->by_stack);
	stops->by_stack = NULL;
}

void quality_count(struct quality *quality, const struct quality_stops *stops, u32 stack)
{
	u8 stop;

	quality->samples++;
	if (stack == NO_ID) {
		quality->empty++;
		return;
	}
	stop = stops->by_stack[stack] & (QUALITY_SKID - 1);
	quality->skidded += (stops->by_stack[stack] & QUALITY_SKID) != 0;
	if (stop == STOP_COUNT)
		quality->lost_stacks++;
	else
		quality->by_stop[stop]++;
}

/* The stack went on, only its copy, or our patience, did not. */
static bool is_cut(enum stop_reason reason)
{
	return reason == STOP_COPY_END || reason == STOP_DEPTH;
}

u64 quality_truncated(const struct quality *quality)
{
	u64 n = 0;

	for (int reason = 0; reason < STOP_COUNT; reason++)
		n += is_cut(reason) ? quality->by_stop[reason] : 0;
	return n;
}

u64 quality_failed(const struct quality *quality)
{
	u64 n = 0;

	for (int reason = 0; reason < STOP_COUNT; reason++)
		n += reason != STOP_END && !is_cut(reason) ? quality->by_stop[reason] : 0;
	return n;
}

double quality_complete_percent(const struct quality *quality)
{
	u64 n = quality->samples;

	return n ? (double)(quality->complete * 1000 / n) / 10 : 0;
}
