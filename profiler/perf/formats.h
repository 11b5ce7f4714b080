/* Which event's format a record has, where several events write into one stream. */
#ifndef APROF_PERF_FORMATS_H
#define APROF_PERF_FORMATS_H

#include <aprof/types.h>
#include <aprof/vec.h>

#include "profiler/perf/record.h"

struct format_id {
	u64 id; /* as PERF_SAMPLE_IDENTIFIER and PERF_EVENT_IOC_ID tell it */
	u32 format; /* index + 1; 0: a free slot */
};

struct record_format_vec VEC(struct record_format);

/* All formats of one stream keep the id (and the time) at the same place, or there is only one. */
struct formats {
	struct record_format_vec all;
	struct format_id *slots; /* open addressing, at most half full */
	size_t slot_count; /* 0 or a power of two */
	size_t id_count;
};

/* Returns the format's index. Records of it are of `event`, which may have several formats. */
u32 formats_add(struct formats *formats, const struct perf_event_attr *attr, u32 event);
void formats_add_id(struct formats *formats, u64 id, u32 format);
void formats_release(struct formats *formats);

/* The index of an id's format; NO_ID if it is not known. */
u32 formats_find(const struct formats *formats, u64 id);
/* The format of a record of header.size bytes; the first one where its id is unknown. */
const struct record_format *formats_of(const struct formats *formats, const void *record);

#endif
