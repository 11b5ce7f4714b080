/*
 * What the hardware lets us sample with here: counters, precise events, branch records; and why not.
 *
 * Each is tried on the kernel, in user space of this very task, with the attrs that record uses.
 */
#ifndef APROF_PERF_ABILITY_H
#define APROF_PERF_ABILITY_H

#include <aprof/types.h>

enum ability {
	ABILITY_PMU, /* hardware counters that interrupt */
	ABILITY_PRECISE, /* PEBS, or IBS on AMD */
	ABILITY_LBR, /* the last branches */
	ABILITY_LBR_CALLS, /* the stack of calls, kept by LBR */
	ABILITY_COUNT
};

struct ability_answer {
	bool there;
	char *text; /* what it is, or why it is not there; owned */
	const char *way_out; /* NULL: none; static */
};

/* "PMU", "PEBS", "LBR", "call-stack LBR" */
const char *ability_name(enum ability ability);
void ability_ask(enum ability ability, struct ability_answer *out);
void ability_release(struct ability_answer *answer);

/* "ENOENT"; "errno 123" in `buf` for those that perf_event_open does not give. */
const char *ability_errno(int os_errno, char buf[24]);

#endif
