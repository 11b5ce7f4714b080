/*
 * Event names to what perf_event_open wants, as libpfm4 and perf spell them.
 */
#ifndef APROF_PERF_EVENT_H
#define APROF_PERF_EVENT_H

#include <linux/perf_event.h>

#include <aprof/err.h>
#include <aprof/types.h>
#include <aprof/vec.h>

struct event {
	char *name; /* as asked for, with the precision that was got: "cycles:ppp" */
	struct perf_event_attr attr; /* type, config…, exclude_*, precise_ip; own freq or period */
	bool own_rate; /* the event names its frequency or period: -F and -c do not apply */
	bool max_precise; /* take the highest precise_ip that opens ("cycles:P") */
	bool is_clock; /* cpu-clock or task-clock: a timer, not a counter */
};

struct event_vec VEC(struct event);

/* Adds what `text` names: one or more events separated by commas. ERR_USAGE if one is unknown. */
ERR_MUST_CHECK struct err *event_parse(struct event_vec *events, const char *text);

/* Adds the cycles event to try first when none was asked for; cpu-clock is what to fall back on. */
void event_default(struct event_vec *events);
void event_cpu_clock(struct event *out);

void event_release(struct event *event);
void events_release(struct event_vec *events);

/* The name with precise_ip spelled as perf does: "cycles" and 2 give "cycles:pp". */
char *event_precise_name(const struct event *event, unsigned precise);

#endif
