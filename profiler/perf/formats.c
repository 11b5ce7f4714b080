/* Which event's format a record has: by its id. */
#include "profiler/perf/formats.h"

#include <string.h>

#include <aprof/alloc.h>

u32 formats_add(struct formats *formats, const struct perf_event_attr *attr, u32 event)
{
	record_format_init(vec_push(&formats->all), attr, event);
	return (u32)formats->all.len - 1;
}

/* Where the id is, or the free slot where it would be. */
static struct format_id *slot_of(const struct formats *formats, u64 id)
{
	size_t at = hash_u64(id);

	for (;; at++) {
		struct format_id *slot = &formats->slots[at & (formats->slot_count - 1)];

		if (!slot->format || slot->id == id)
			return slot;
	}
}

static void grow(struct formats *formats)
{
	struct format_id *old = formats->slots;
	size_t old_count = formats->slot_count;

	formats->slot_count = old_count ? 2 * old_count : 16;
	formats->slots = xcalloc(formats->slot_count, sizeof *formats->slots);
	for (size_t i = 0; i < old_count; i++)
		if (old[i].format)
			*slot_of(formats, old[i].id) = old[i];
	free(old);
}

void formats_add_id(struct formats *formats, u64 id, u32 format)
{
	struct format_id *slot;

	if (2 * (formats->id_count + 1) > formats->slot_count)
		grow(formats);
	slot = slot_of(formats, id);
	formats->id_count += !slot->format;
	*slot = (struct format_id){ id, format + 1 };
}

void formats_release(struct formats *formats)
{
	vec_release(&formats->all);
	free(formats->slots);
	*formats = (struct formats){ 0 };
}

u32 formats_find(const struct formats *formats, u64 id)
{
	return formats->id_count ? slot_of(formats, id)->format - 1 : NO_ID;
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
	u32 index;
	u64 id;

	if (formats->all.len < 2 || !id_of(&formats->all.data[0], record, &id))
		return formats->all.data;
	index = formats_find(formats, id);
	return &formats->all.data[index == NO_ID ? 0 : index];
}
