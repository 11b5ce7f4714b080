/* Which event's format a record has: by its id. */
#include "profiler/perf/formats.h"

#include <string.h>

void formats_add(struct formats *formats, const struct perf_event_attr *attr)
{
	u32 index = (u32)formats->all.len;

	record_format_init(vec_push(&formats->all), attr, index);
}

void formats_add_id(struct formats *formats, u64 id, u32 format)
{
	*vec_push(&formats->ids) = (struct format_id){ id, format };
}

static int by_id(const void *a, const void *b)
{
	const struct format_id *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

void formats_sort(struct formats *formats)
{
	vec_sort(&formats->ids, by_id);
}

void formats_release(struct formats *formats)
{
	vec_release(&formats->all);
	vec_release(&formats->ids);
}

static bool id_of(const struct record_format *format, const void *record, u64 *id)
{
	struct perf_event_header header;
	u32 at;

	memcpy(&header, record, sizeof header);
	at = header.type == PERF_RECORD_SAMPLE ? record_sample_id_at(format)
					       : record_other_id_back(format);
	if (!at || at > header.size)
		return false;
	if (header.type != PERF_RECORD_SAMPLE)
		at = header.size - at;
	if (at + sizeof *id > header.size)
		return false;
	memcpy(id, (const char *)record + at, sizeof *id);
	return true;
}

const struct record_format *formats_of(const struct formats *formats, const void *record)
{
	size_t low = 0, high = formats->ids.len;
	u64 id;

	if (formats->all.len < 2 || !id_of(&formats->all.data[0], record, &id))
		return formats->all.data;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (formats->ids.data[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < formats->ids.len && formats->ids.data[low].id == id)
		return &formats->all.data[formats->ids.data[low].format];
	return formats->all.data;
}
