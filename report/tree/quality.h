/* How good the samples behind a report are: what was lost, cut, failed or only guessed. */
#ifndef APROF_TREE_QUALITY_H
#define APROF_TREE_QUALITY_H

#include <aprof/types.h>

#include "report/load/profile.h"

struct quality { /* samples, of those that the report is about */
	u64 samples;
	u64 by_stop[STOP_COUNT]; /* how their stacks ended */
	u64 lost_stacks; /* their stack was in a damaged part of the file */
	u64 empty; /* without any frame */
	u64 skidded; /* a call or return lies between the precise address and its interrupt */
	u64 unresolved; /* known by addresses only */
	u64 unsure; /* some name in the chain is not certain */
	u64 restored; /* a function that left by a tail call was put back */
	u64 complete; /* the chain reaches a task's or a thread's start */
};

#define QUALITY_SKID 0x80

/* Each stack's end, worked out once. */
struct quality_stops {
	u8 *by_stack; /* enum stop_reason, or STOP_COUNT: lost; QUALITY_SKID added */
};

void quality_stops_init(struct quality_stops *stops, const struct profile *profile);
void quality_stops_release(struct quality_stops *stops);

/* Counts one sample's physical stack (NO_ID: empty). */
void quality_count(struct quality *quality, const struct quality_stops *stops, u32 stack);

/* All stacks that were cut, and all whose unwinding failed. */
u64 quality_truncated(const struct quality *quality);
u64 quality_failed(const struct quality *quality);

/* Chains that are complete, in percent with one digit, rounded down: 100 is said only of all. */
double quality_complete_percent(const struct quality *quality);

#endif
