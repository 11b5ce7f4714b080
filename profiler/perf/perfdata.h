/*
 * Recordings of perf (perf.data), file and pipe format, read once from front to back.
 *
 * Records come out decoded and in the order of time, as from a sampler: the rest of the road does
 * not know the difference. Written from the description in the kernel's
 * tools/perf/Documentation/perf.data-file-format.txt and the traps of real files.
 */
#ifndef APROF_PERF_PERFDATA_H
#define APROF_PERF_PERFDATA_H

#include <linux/perf_event.h>

#include <aprof/err.h>
#include <aprof/types.h>

#include "profiler/perf/sample.h"

struct perfdata;

/*
 * Reads the header; `fd` stays the caller's and is read sequentially, so it may be a pipe if the
 * recording is in pipe format. An error if it is no recording, of another byte order or too old.
 */
ERR_MUST_CHECK struct err *perfdata_open(struct perfdata **out, int fd, const char *name);
void perfdata_close(struct perfdata *data);

/* A record and all it points to are valid during the call only. */
typedef void perfdata_handler(void *arg, const struct record *record);

/*
 * All records. A recording that ends in the middle is read up to there, and a damaged one up to the
 * damage: that is no error but told by perfdata_problem().
 */
ERR_MUST_CHECK struct err *perfdata_read(struct perfdata *data, perfdata_handler *handler,
					 void *arg);

struct perfdata_event {
	char *name;
	struct perf_event_attr attr; /* what the file has beyond this build's size is left out */
};

/* In pipe format events appear while reading, before their first record. */
size_t perfdata_event_count(const struct perfdata *data);
const struct perfdata_event *perfdata_event(const struct perfdata *data, size_t index);

enum perfdata_fact {
	PERFDATA_HOST,
	PERFDATA_KERNEL, /* release */
	PERFDATA_PERF_VERSION,
	PERFDATA_ARCH,
	PERFDATA_CPU, /* description */
	PERFDATA_CPU_ID,
	PERFDATA_COMMAND,
	PERFDATA_FACT_COUNT
};

/* NULL if the file does not say. In pipe format known after reading. */
const char *perfdata_fact(const struct perfdata *data, enum perfdata_fact fact);
/* Depth of the hardware's branch stack; 0 if the file does not say. */
u32 perfdata_branch_depth(const struct perfdata *data);

struct perfdata_counts {
	u64 by_type[96]; /* records of the file by their type, also those that are compressed */
	u64 unknown_types; /* types beyond that */
	u64 malformed; /* records that the decoder refused */
	u64 late; /* handed out behind a younger one, because more than QUEUE_BYTES_MAX waited */
	u64 lost, lost_samples;
	u64 throttled;
};

const struct perfdata_counts *perfdata_counts(const struct perfdata *data);

/* What is wrong with the file, one sentence; NULL if nothing was found. */
const char *perfdata_problem(const struct perfdata *data);

#endif
