/* Recordings of perf: opening, the walk over the records, and what was found. */
#include "profiler/perf/perfdata.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/text.h>

#include "profiler/perf/perfdata_private.h"
#include "profiler/perf/ring.h"

void perfdata_set_problem(struct perfdata *data, const char *fmt, ...)
{
	struct text text = { 0 };
	va_list ap;

	if (data->problem)
		return;
	va_start(ap, fmt);
	text_vprintf(&text, fmt, ap);
	va_end(ap);
	data->problem = text_take(&text);
}

struct err *perfdata_open(struct perfdata **out, int fd, const char *name)
{
	struct perfdata *data = xzalloc(sizeof *data);
	struct err *err;

	perfdata_source_init(&data->source, fd);
	data->name = xstrdup(name);
	intern_init(&data->paths);
	queue_init(&data->queue, perfdata_deliver, data);
	err = perfdata_read_header(data);
	if (err) {
		perfdata_close(data);
		return err;
	}
	*out = data;
	return NULL;
}

void perfdata_close(struct perfdata *data)
{
	if (!data)
		return;
	perfdata_source_release(&data->source);
	queue_release(&data->queue);
	inflater_free(data->inflater);
	formats_release(&data->formats);
	intern_release(&data->paths);
	vec_each (&data->events, event)
		free(event->name);
	vec_each (&data->waiting, waiting)
		buf_release(&waiting->bytes);
	for (unsigned i = 0; i < PERFDATA_FACT_COUNT; i++)
		free(data->facts[i]);
	vec_release(&data->events);
	vec_release(&data->build_ids);
	vec_release(&data->waiting);
	free(data->problem);
	free(data->name);
	free(data);
}

/* A record of the kernel's waits for its turn. */
static void queue_record(struct perfdata *data, const struct perf_event_header *header,
			 const void *bytes)
{
	const struct record_format *format;
	u64 time = 0;
	u32 at;

	if (!data->formats.all.len) {
		data->counts.malformed++;
		return;
	}
	format = formats_of(&data->formats, bytes);
	if (header->type == PERF_RECORD_SAMPLE)
		at = format->time_at;
	else
		at = format->time_back && format->time_back <= header->size
			     ? header->size - format->time_back
			     : 0;
	if (at && at + sizeof time <= header->size)
		memcpy(&time, (const char *)bytes + at, sizeof time);
	queue_push(&data->queue, time, bytes, header->size);
}

/* HEADER_ATTR of a pipe: an attr that tells its own size, and ids. */
static void on_attr(struct perfdata *data, struct bytes body)
{
	struct bytes peek = body, attr, ids;
	u64 size;

	bytes_skip(&peek, 4);
	size = bytes_u32(&peek);
	attr = bytes_sub(&body, size ? size : PERF_ATTR_SIZE_VER0);
	ids = body;
	if (attr.bad || !perfdata_add_event(data, attr, ids))
		data->counts.malformed++;
}

static void on_feature(struct perfdata *data, struct bytes body)
{
	u64 feature = bytes_u64(&body);

	if (!body.bad)
		perfdata_feature(data, feature, body);
}

static void on_build_id(struct perfdata *data, struct bytes body)
{
	/* With its header, as in the list of the file format. */
	perfdata_add_build_ids(data,
			       bytes_of(body.at - sizeof(struct perf_event_header),
					bytes_left(&body) + sizeof(struct perf_event_header)));
}

static void on_round(struct perfdata *data, struct bytes body)
{
	(void)body;
	queue_finish_round(&data->queue);
}

static void walk_one(struct perfdata *data, const u8 *bytes, bool inflated);

/* All whole records in inflated bytes. */
static size_t walk_inflated(void *arg, const u8 *bytes, size_t size)
{
	struct perf_event_header header;
	size_t at = 0;

	while (size - at >= sizeof header) {
		memcpy(&header, bytes + at, sizeof header);
		if (header.size < sizeof header) {
			perfdata_set_problem(arg, "its compressed records are damaged");
			return size;
		}
		if (header.size > size - at)
			break;
		walk_one(arg, bytes + at, true);
		at += header.size;
	}
	return at;
}

static void inflate(struct perfdata *data, struct bytes packed)
{
	if (!data->inflater)
		data->inflater = inflater_new();
	if (!inflater_feed(data->inflater, packed.at, bytes_left(&packed), walk_inflated, data))
		perfdata_set_problem(data, "its compressed records are damaged");
}

static void on_compressed(struct perfdata *data, struct bytes body)
{
	inflate(data, body);
}

/* Since perf 6.16: its size in front, and padding behind. */
static void on_compressed2(struct perfdata *data, struct bytes body)
{
	u64 size = bytes_u64(&body);

	inflate(data, bytes_sub(&body, u64_min(size, bytes_left(&body))));
}

static const struct {
	void (*handle)(struct perfdata *data, struct bytes body);
	bool packed; /* is not looked for in inflated bytes */
} user_records[] = {
	[USER_HEADER_ATTR] = { on_attr, false },
	[USER_BUILD_ID] = { on_build_id, false },
	[USER_FINISHED_ROUND] = { on_round, false },
	[USER_EVENT_UPDATE] = { perfdata_event_update, false },
	[USER_HEADER_FEATURE] = { on_feature, false },
	[USER_COMPRESSED] = { on_compressed, true },
	[USER_COMPRESSED2] = { on_compressed2, true },
};

/* One whole record, at any alignment. */
static void walk_one(struct perfdata *data, const u8 *bytes, bool inflated)
{
	_Alignas(8) u8 aligned[RECORD_MAX];
	struct perf_event_header header;
	struct bytes body;

	memcpy(&header, bytes, sizeof header);
	if (header.type < ARRAY_LEN(data->counts.by_type))
		data->counts.by_type[header.type]++;
	else
		data->counts.unknown_types++;
	if (header.type < USER_HEADER_ATTR) {
		if ((uintptr_t)bytes % 8) {
			memcpy(aligned, bytes, header.size);
			bytes = aligned;
		}
		queue_record(data, &header, bytes);
		return;
	}
	if (header.type >= ARRAY_LEN(user_records) || !user_records[header.type].handle ||
	    (inflated && user_records[header.type].packed))
		return;
	body = bytes_of(bytes + sizeof header, header.size - sizeof header);
	user_records[header.type].handle(data, body);
}

/* What follows a record and is not counted in its size. */
static u64 trailing_bytes(const u8 *bytes, const struct perf_event_header *header)
{
	struct bytes body = bytes_of(bytes + sizeof *header, header->size - sizeof *header);

	if (header->type == USER_TRACING_DATA)
		return align_up(bytes_u32(&body), 8);
	if (header->type == USER_AUXTRACE)
		return bytes_u64(&body);
	return 0;
}

static void walk(struct perfdata *data)
{
	struct source *source = &data->source;
	struct perf_event_header header;
	const u8 *bytes;

	while ((bytes = perfdata_source_peek(source, sizeof header))) {
		u64 trailing;

		memcpy(&header, bytes, sizeof header);
		if (header.size < sizeof header) {
			perfdata_set_problem(data, "it is damaged at byte %llu",
					     (unsigned long long)source->offset);
			return;
		}
		bytes = perfdata_source_peek(source, header.size);
		if (!bytes)
			break;
		trailing = trailing_bytes(bytes, &header);
		walk_one(data, bytes, false);
		perfdata_source_skip(source, header.size);
		perfdata_source_skip(source, trailing);
	}
	if (perfdata_source_left(source))
		perfdata_set_problem(data, "it is cut short at byte %llu",
				     (unsigned long long)source->offset);
}

struct err *perfdata_read(struct perfdata *data, perfdata_handler *handler, void *arg)
{
	data->handler = handler;
	data->handler_arg = arg;
	walk(data);
	queue_finish(&data->queue);
	perfdata_flush_waiting(data);
	data->counts.late = data->queue.late;
	if (data->source.os_errno)
		return err_os(data->source.os_errno, "cannot read '%s'", data->name);
	if (!data->events.len)
		return err_new("'%s' is damaged: it has no events", data->name);
	return NULL;
}

size_t perfdata_event_count(const struct perfdata *data)
{
	return data->events.len;
}

const struct perfdata_event *perfdata_event(const struct perfdata *data, size_t index)
{
	return &data->events.data[index];
}

const char *perfdata_fact(const struct perfdata *data, enum perfdata_fact fact)
{
	return data->facts[fact];
}

u32 perfdata_branch_depth(const struct perfdata *data)
{
	return data->branch_depth;
}

const struct perfdata_counts *perfdata_counts(const struct perfdata *data)
{
	return &data->counts;
}

const char *perfdata_problem(const struct perfdata *data)
{
	return data->problem;
}
