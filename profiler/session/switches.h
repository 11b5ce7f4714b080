/* How often the target switches, and the CPU that it uses: what a task's clock event costs it. */
#ifndef APROF_SESSION_SWITCHES_H
#define APROF_SESSION_SWITCHES_H

#include <aprof/types.h>
#include <aprof/vec.h>

struct session_options;

/* Of attached processes what was seen from look to look: a thread that lives between two is missed. */
struct switches {
	u64 count; /* context switches between the first look and the last that saw the target */
	u64 cpu_ns, wall_ns; /* of that time */
	u64 samples; /* there were at its end */
	u64 last_count, last_cpu_ns; /* sums of the last look */
	u64 last_look, next_look; /* ns, CLOCK_MONOTONIC */
	bool looked;
};

/* Looks at attached processes, at most once a second and for 1 % of the time. */
void switches_look(struct switches *switches, const struct session_options *options, u64 now,
		   u64 samples);

/* Of the children that have ended, which is what was launched. */
void switches_of_children(struct switches *switches, u64 wall_ns, u64 samples);

#endif
