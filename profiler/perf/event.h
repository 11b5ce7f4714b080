/*
 * Event names to what perf_event_open wants, as libpfm4 and perf spell them.
 */
#ifndef APROF_PERF_EVENT_H
#define APROF_PERF_EVENT_H

#include <linux/perf_event.h>

#include <aprof/err.h>
#include <aprof/types.h>
#include <aprof/vec.h>

#include "profiler/perf/limits.h"

struct event {
	char *name; /* as asked for, with the precision that was got: "cycles:ppp" */
	struct perf_event_attr attr; /* type, config…, exclude_*, precise_ip; own freq or period */
	bool own_rate; /* the event names its frequency or period: -F and -c do not apply */
	bool every; /* each one is sampled unless a period is asked for (tracepoints) */
	bool max_precise; /* take the highest precise_ip that opens ("cycles:P") */
	bool is_clock; /* cpu-clock or task-clock: a timer, not a counter */
	u32 period_step; /* periods are multiples of it (AMD IBS: 16); 0: any */
	struct cpu_list cpus; /* where the PMU is; empty: everywhere */
};

struct event_vec VEC(struct event);

/*
 * Adds what `text` names: one or more events separated by commas. ERR_USAGE if one is unknown. On a
 * hybrid CPU a generic event becomes one for each core type.
 *
 *	cycles:u cycles:pp cycles:P	perf's modifiers: u k h, G H, p (up to three), P, D
 *	cpu/event=0x3c,umask=1/u	the words of a PMU; cpu_core/cycles/ its events
 *	sched:sched_switch		tracepoints
 *	r1c0				raw events of the core PMU
 *	INST_RETIRED:PREC_DIST:precise=3	all else by libpfm4, with its modifiers
 */
ERR_MUST_CHECK struct err *event_parse(struct event_vec *events, const char *text);

/* Adds the cycles event to try first when none was asked for; cpu-clock is what to fall back on. */
void event_default(struct event_vec *events);
void event_cpu_clock(struct event *out);

void event_release(struct event *event);
void events_release(struct event_vec *events);

/* Puts the precise_ip that was got into the name, as perf spells it: "cycles" becomes "cycles:pp". */
void event_name_precise(struct event *event, unsigned precise);

#endif
