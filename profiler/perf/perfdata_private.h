/* What the files that read perf.data share. */
#ifndef APROF_PERF_PERFDATA_PRIVATE_H
#define APROF_PERF_PERFDATA_PRIVATE_H

#include <aprof/bytes.h>
#include <aprof/intern.h>
#include <aprof/vec.h>

#include "profiler/perf/formats.h"
#include "profiler/perf/perfdata.h"
#include "profiler/perf/perfdata_queue.h"

/* perf's own record types (tools/lib/perf/include/perf/event.h). */
enum {
	USER_HEADER_ATTR = 64,
	USER_TRACING_DATA = 66,
	USER_BUILD_ID = 67,
	USER_FINISHED_ROUND = 68,
	USER_AUXTRACE = 71,
	USER_EVENT_UPDATE = 78,
	USER_HEADER_FEATURE = 80,
	USER_COMPRESSED = 81,
	USER_COMPRESSED2 = 83,
};

/* Bytes of the file in order, through a window that holds at least one record. */
struct source {
	int fd;
	u8 *window;
	size_t at, len; /* what is unread in it */
	u64 offset; /* in the file, of window[at] */
	u64 end; /* nothing is read behind it; UINT64_MAX: up to the end of the file */
	int os_errno; /* of a read that failed */
};

void perfdata_source_init(struct source *source, int fd);
void perfdata_source_release(struct source *source);
/* The next `size` bytes (up to RECORD_MAX), not consumed, at any alignment; NULL: there are fewer. */
const u8 *perfdata_source_peek(struct source *source, size_t size);
void perfdata_source_skip(struct source *source, u64 size);
/* How many of the bytes that were asked for are there: tells an end from a cut. */
size_t perfdata_source_left(const struct source *source);

/* One zstd stream in pieces, giving one stream of records. */
struct inflater;
struct inflater *inflater_new(void);
void inflater_free(struct inflater *inflater);
/* False: damaged, or `take` said stop. `take` gets unread output and returns what it consumed. */
bool inflater_feed(struct inflater *inflater, const void *data, size_t size,
		   size_t (*take)(void *arg, const u8 *data, size_t size), void *arg);

struct waiting_sample { /* until the user part of its chain comes */
	u32 tid;
	u64 cookie;
	struct buf bytes; /* the whole record */
};

struct perfdata_event_vec VEC(struct perfdata_event);
struct build_id_vec VEC(struct build_id);
struct waiting_sample_vec VEC(struct waiting_sample);

struct perfdata {
	struct source source;
	char *name;
	bool is_pipe;
	u64 file_size; /* 0 for a pipe */

	struct perfdata_event_vec events;
	struct formats formats;
	char *facts[PERFDATA_FACT_COUNT];
	u32 branch_depth;
	struct intern paths; /* with a build id in the header, for mappings that carry none */
	struct build_id_vec build_ids; /* by the path's id */

	struct queue queue;
	struct inflater *inflater;
	struct waiting_sample_vec waiting;
	struct perfdata_counts counts;
	char *problem;

	perfdata_handler *handler; /* while reading */
	void *handler_arg;
};

/* perfdata_header.c */
ERR_MUST_CHECK struct err *perfdata_read_header(struct perfdata *data);
/* An attr as it stands in a file, of any size, and its ids. False: too small. */
bool perfdata_add_event(struct perfdata *data, struct bytes attr, struct bytes ids);

/* perfdata_features.c: a section of the file format, or the payload of a HEADER_FEATURE. */
void perfdata_feature(struct perfdata *data, u64 feature, struct bytes payload);
bool perfdata_wants_feature(u64 feature);
void perfdata_event_update(struct perfdata *data, struct bytes payload);
void perfdata_add_build_ids(struct perfdata *data, struct bytes payload);
const struct build_id *perfdata_find_build_id(const struct perfdata *data, const char *path);
/* "cycles", "cpu-clock", "raw 0x1c0": where the file names none. */
char *perfdata_event_name(const struct perf_event_attr *attr);

/* perfdata_deliver.c: a record of the kernel's, in its turn. */
void perfdata_deliver(void *arg, const void *record);
void perfdata_flush_waiting(struct perfdata *data);

/* Keeps the first. */
void perfdata_set_problem(struct perfdata *data, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
