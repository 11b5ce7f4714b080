/* What the header of perf.data tells beside the events: names, facts of the machine, build ids. */
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/text.h>

#include "profiler/perf/perfdata_private.h"

/* perf's strings: a length that includes padding, the bytes, a NUL among them. */
static char *take_string(struct bytes *in)
{
	struct bytes body = bytes_sub(in, bytes_u32(in));

	return in->bad ? NULL : xstrndup((const char *)body.at, bytes_left(&body));
}

static void set_fact(struct perfdata *data, enum perfdata_fact fact, char *text)
{
	if (!text)
		return;
	free(data->facts[fact]);
	data->facts[fact] = text;
}

static void read_fact(struct perfdata *data, struct bytes in, unsigned fact)
{
	set_fact(data, fact, take_string(&in));
}

static void read_command(struct perfdata *data, struct bytes in, unsigned fact)
{
	struct text line = { 0 };
	u32 count = bytes_u32(&in);

	while (count-- && bytes_left(&in)) {
		AUTO_FREE char *word = take_string(&in);

		if (!word)
			break;
		text_printf(&line, "%s%s", line.len ? " " : "", word);
	}
	set_fact(data, fact, text_take(&line));
}

/* The event that an id belongs to; NULL if it is of none. */
static struct perfdata_event *event_of_id(struct perfdata *data, u64 id)
{
	u32 index = formats_find(&data->formats, id);

	return index == NO_ID ? NULL : &data->events.data[index];
}

static void rename_event(struct perfdata_event *event, const char *name)
{
	free(event->name);
	event->name = xstrdup(name);
}

/* {count, attr size} and for each event {attr, number of ids, name, ids}, in the attrs' order. */
static void read_event_names(struct perfdata *data, struct bytes in, unsigned unused)
{
	u32 count = bytes_u32(&in), attr_size = bytes_u32(&in);

	(void)unused;
	for (u32 i = 0; i < count && bytes_left(&in); i++) {
		AUTO_FREE char *name = NULL;
		struct perfdata_event *event = NULL;
		u32 ids;

		bytes_skip(&in, attr_size);
		ids = bytes_u32(&in);
		name = take_string(&in);
		if (ids && bytes_left(&in) >= 8) {
			struct bytes peek = in;

			event = event_of_id(data, bytes_u64(&peek));
		} else if (i < data->events.len) {
			event = &data->events.data[i];
		}
		if (name && event)
			rename_event(event, name);
		bytes_skip(&in, 8ull * ids);
	}
}

static void read_caps(struct perfdata *data, struct bytes *in)
{
	u32 count = bytes_u32(in);

	while (count-- && bytes_left(in)) {
		AUTO_FREE char *name = take_string(in);
		AUTO_FREE char *value = take_string(in);

		if (name && value && strcmp(name, "branches") == 0)
			data->branch_depth = (u32)strtoul(value, NULL, 10);
	}
}

static void read_cpu_caps(struct perfdata *data, struct bytes in, unsigned unused)
{
	(void)unused;
	read_caps(data, &in);
}

/* {number of PMUs} and for each its caps and its name. */
static void read_pmu_caps(struct perfdata *data, struct bytes in, unsigned unused)
{
	u32 count = bytes_u32(&in);

	(void)unused;
	while (count-- && bytes_left(&in)) {
		read_caps(data, &in);
		free(take_string(&in));
	}
}

static void read_build_ids(struct perfdata *data, struct bytes in, unsigned unused)
{
	(void)unused;
	perfdata_add_build_ids(data, in);
}

/* Numbers of HEADER_* in tools/perf/util/header.h. */
static const struct {
	void (*read)(struct perfdata *data, struct bytes in, unsigned fact);
	unsigned fact;
} features[] = {
	[2] = { read_build_ids, 0 },	      [3] = { read_fact, PERFDATA_HOST },
	[4] = { read_fact, PERFDATA_KERNEL }, [5] = { read_fact, PERFDATA_PERF_VERSION },
	[6] = { read_fact, PERFDATA_ARCH },   [8] = { read_fact, PERFDATA_CPU },
	[9] = { read_fact, PERFDATA_CPU_ID }, [11] = { read_command, PERFDATA_COMMAND },
	[12] = { read_event_names, 0 },	      [28] = { read_cpu_caps, 0 },
	[31] = { read_pmu_caps, 0 },
};

bool perfdata_wants_feature(u64 feature)
{
	return feature < ARRAY_LEN(features) && features[feature].read;
}

void perfdata_feature(struct perfdata *data, u64 feature, struct bytes payload)
{
	if (perfdata_wants_feature(feature))
		features[feature].read(data, payload, features[feature].fact);
}

/* {type, id, what}: an event's name, unit, scale or CPUs, sent in pipes. */
void perfdata_event_update(struct perfdata *data, struct bytes in)
{
	u64 type = bytes_u64(&in), id = bytes_u64(&in);
	struct perfdata_event *event = event_of_id(data, id);
	const char *name = bytes_cstr(&in);

	if (type == 2 && event && name) /* PERF_EVENT_UPDATE__NAME */
		rename_event(event, name);
}

#define BUILD_ID_HAS_SIZE (1 << 15) /* PERF_RECORD_MISC_BUILD_ID_SIZE */

/* Records of {header, pid, build id in 24 bytes, path}. */
void perfdata_add_build_ids(struct perfdata *data, struct bytes in)
{
	while (bytes_left(&in) >= sizeof(struct perf_event_header)) {
		struct perf_event_header header;
		struct build_id known = { .size = BUILD_ID_MAX };
		struct bytes body;
		const u8 *id;
		const char *path;
		u32 index;

		memcpy(&header, in.at, sizeof header);
		if (header.size < sizeof header)
			return;
		body = bytes_sub(&in, header.size);
		bytes_skip(&body, sizeof header + 4);
		id = bytes_take(&body, 24);
		path = bytes_cstr(&body);
		if (body.bad)
			return;
		/* Older files do not say the size; it was always 20 then. */
		if (header.misc & BUILD_ID_HAS_SIZE)
			known.size = (u8)u64_min(id[BUILD_ID_MAX], BUILD_ID_MAX);
		memcpy(known.bytes, id, known.size);
		index = intern_id(&data->paths, path);
		vec_resize(&data->build_ids, u64_max(data->build_ids.len, index + 1));
		data->build_ids.data[index] = known;
	}
}

const struct build_id *perfdata_find_build_id(const struct perfdata *data, const char *path)
{
	u32 index = intern_find(&data->paths, path, strlen(path));

	return index < data->build_ids.len ? &data->build_ids.data[index] : NULL;
}

static const char *const hardware_names[] = {
	"cycles",
	"instructions",
	"cache-references",
	"cache-misses",
	"branches",
	"branch-misses",
	"bus-cycles",
	"stalled-cycles-frontend",
	"stalled-cycles-backend",
	"ref-cycles",
};

static const char *const software_names[] = {
	"cpu-clock",	    "task-clock",   "page-faults",  "context-switches",
	"cpu-migrations",   "minor-faults", "major-faults", "alignment-faults",
	"emulation-faults", "dummy",	    "bpf-output",   "cgroup-switches",
};

char *perfdata_event_name(const struct perf_event_attr *attr)
{
	u64 config = attr->config;
	const char *ppp = "ppp";

	/* A hybrid CPU's hardware events have the PMU's number in the upper half. */
	if (attr->type == PERF_TYPE_HARDWARE && (u32)config < ARRAY_LEN(hardware_names))
		return xasprintf("%s%s%.*s", hardware_names[(u32)config],
				 attr->precise_ip ? ":" : "", (int)attr->precise_ip, ppp);
	if (attr->type == PERF_TYPE_SOFTWARE && config < ARRAY_LEN(software_names))
		return xstrdup(software_names[config]);
	if (attr->type == PERF_TYPE_RAW)
		return xasprintf("r%llx", (unsigned long long)config);
	return xasprintf("type %u config 0x%llx", attr->type, (unsigned long long)config);
}
