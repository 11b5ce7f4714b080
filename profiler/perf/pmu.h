/*
 * What sysfs says of the machine's PMUs: their numbers, CPUs, and the words of cpu/event=0x3c/.
 *
 * A PMU is a folder of /sys/bus/event_source/devices with its number in `type`, the bits of each
 * word in `format/WORD` ("config:0-7,21"), and named events in `events/NAME` ("event=0x3c,umask=1").
 */
#ifndef APROF_PERF_PMU_H
#define APROF_PERF_PMU_H

#include <linux/perf_event.h>

#include <aprof/err.h>
#include <aprof/types.h>

#include "profiler/perf/limits.h"

struct pmu {
	char name[64];
	u32 type; /* PERF_TYPE_* or a number above */
	struct cpu_list cpus; /* that it counts on; empty: all */
};

/* False if there is none of that name. */
bool pmu_find(const char *name, struct pmu *out);
void pmu_release(struct pmu *pmu);

/*
 * The core types of a hybrid CPU ("cpu_core", "cpu_atom" …), up to `max`; 0 on any other: there one
 * PMU counts the generic events on all CPUs.
 */
size_t pmu_core_types(struct pmu *out, size_t max);

struct pmu_rate { /* terms that are no bits of the event */
	u64 period, freq; /* 0: not said */
};

/* Fills type and config* from terms such as "event=0x3c,umask=1" or "cpu-cycles". */
ERR_MUST_CHECK struct err *pmu_encode(const struct pmu *pmu, const char *terms,
				      struct perf_event_attr *attr, struct pmu_rate *rate);

/* The number of a tracepoint, as tracefs tells it; 0: not there, or no right to see it. */
u64 tracepoint_id(const char *system, const char *name);

/* A whole file of a PMU's folder as a number (`caps/branches`), or `fallback`. */
u64 pmu_number(const char *pmu, const char *file, u64 fallback);

#endif
