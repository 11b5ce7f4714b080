/*
 * Opening an event with as much as the kernel and the PMU can do: what they do not know is taken out
 * of the attr, one entry of a table after the other.
 */
#ifndef APROF_PERF_FEATURES_H
#define APROF_PERF_FEATURES_H

#include <linux/perf_event.h>

#include <aprof/types.h>

struct perf_event_attr;

/*
 * Opens, and returns the descriptor, or -1 with errno of the attr as it was asked for. Where EINVAL
 * is about something optional, *attr is left without it and the bits of *dropped tell which.
 */
int features_open(struct perf_event_attr *attr, int pid, int cpu, u64 *dropped);

/* What a dropped feature means for the user, one sentence; NULL past the last bit or if it means
   nothing to them. */
const char *feature_text(unsigned bit);
unsigned features_count(void);

#endif
