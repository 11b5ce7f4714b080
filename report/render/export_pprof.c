/*
 * pprof's profile.proto (github.com/google/pprof, proto/profile.proto), gzipped: logical frames as
 * functions and lines; samples labelled with thread, task root, and whether their chain is unsure.
 */
#include <config.h>

#include "report/render/export.h"
#include "report/render/proto.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#if HAVE_ZLIB
#include <zlib.h>
#endif

/* Field numbers of the messages. */
enum {
	PROFILE_SAMPLE_TYPE = 1,
	PROFILE_SAMPLE = 2,
	PROFILE_MAPPING = 3,
	PROFILE_LOCATION = 4,
	PROFILE_FUNCTION = 5,
	PROFILE_STRING = 6,
	PROFILE_TIME = 9,
	PROFILE_DURATION = 10,
	PROFILE_PERIOD_TYPE = 11,
	PROFILE_PERIOD = 12,
	PROFILE_COMMENT = 13,
	PROFILE_DEFAULT_TYPE = 14,
	VALUE_TYPE = 1,
	VALUE_UNIT = 2,
	SAMPLE_LOCATION = 1,
	SAMPLE_VALUE = 2,
	SAMPLE_LABEL = 3,
	LABEL_KEY = 1,
	LABEL_STRING = 2,
	LABEL_NUMBER = 3,
	MAPPING_ID = 1,
	MAPPING_FILE = 5,
	MAPPING_HAS_FUNCTIONS = 7,
	MAPPING_HAS_FILENAMES = 8,
	MAPPING_HAS_LINES = 9,
	MAPPING_HAS_INLINES = 10,
	LOCATION_ID = 1,
	LOCATION_MAPPING = 2,
	LOCATION_LINE = 4,
	LINE_FUNCTION = 1,
	LINE_LINE = 2,
	FUNCTION_ID = 1,
	FUNCTION_NAME = 2,
	FUNCTION_FILE = 4,
	FUNCTION_LINE = 5,
};

struct writer {
	const struct export_input *in;
	struct text out, inner, scratch; /* the message, a field of it, a field of that */
	struct text clean;
	struct intern strings; /* 0 is "" */
	struct export_frames frames; /* location id - 1 */
};

static u64 string_of(struct writer *w, const char *s)
{
	return intern_id(&w->strings, export_name(&w->clean, s));
}

static void put_value_type(struct writer *w, u32 field, const char *type, const char *unit)
{
	proto_u64(&w->inner, VALUE_TYPE, string_of(w, type));
	proto_u64(&w->inner, VALUE_UNIT, string_of(w, unit));
	proto_message(&w->out, field, &w->inner);
}

static void put_label(struct writer *w, const char *key, const char *value, u64 number)
{
	proto_u64(&w->scratch, LABEL_KEY, string_of(w, key));
	if (value)
		proto_u64(&w->scratch, LABEL_STRING, string_of(w, value));
	proto_u64(&w->scratch, LABEL_NUMBER, number);
	proto_message(&w->inner, SAMPLE_LABEL, &w->scratch);
}

static void put_sample(struct writer *w, const struct export_sample *sample, struct amount amount)
{
	const struct calltree *tree = w->in->tree;
	const struct export_thread *thread = &w->in->threads[sample->thread];
	struct locations VEC(u64) locations = { 0 };
	u64 values[2] = { amount.samples, amount.weight };
	u32 task = export_task(tree, sample->node);

	/* Leaf first. */
	for (u32 at = sample->node; at != 0; at = tree->nodes.data[at].parent)
		*vec_push(&locations) = (u64)w->frames.of_node[at] + 1;
	proto_packed(&w->inner, SAMPLE_LOCATION, locations.data, locations.len);
	proto_packed(&w->inner, SAMPLE_VALUE, values, ARRAY_LEN(values));
	put_label(w, "thread", thread->comm, 0);
	put_label(w, "tid", NULL, (u64)(i64)thread->tid);
	put_label(w, "pid", NULL, (u64)(i64)thread->pid);
	if (task != NO_ID)
		put_label(w, "task", labels_name(w->in->labels, task), 0);
	if (sample->unsure)
		put_label(w, "unsure", "true", 0);
	proto_message(&w->out, PROFILE_SAMPLE, &w->inner);
	vec_release(&locations);
}

static int by_thread_node(const void *a, const void *b)
{
	const struct export_sample *l = a, *r = b;

	if (l->thread != r->thread)
		return l->thread < r->thread ? -1 : 1;
	if (l->node != r->node)
		return l->node < r->node ? -1 : 1;
	return l->unsure - r->unsure;
}

/* Samples of one thread and one stack are one sample with their sum. */
static void put_samples(struct writer *w)
{
	size_t count = w->in->sample_count;
	struct export_sample *sorted = xcalloc(count + 1, sizeof *sorted);

	if (count)
		memcpy(sorted, w->in->samples, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_thread_node);
	for (size_t i = 0, n; i < count; i += n) {
		struct amount amount = { 0 };

		for (n = 0; i + n < count && by_thread_node(&sorted[i], &sorted[i + n]) == 0; n++)
			amount_add(&amount, (struct amount){ 1, sorted[i + n].weight });
		put_sample(w, &sorted[i], amount);
	}
	free(sorted);
}

static void put_locations(struct writer *w)
{
	for (u32 frame = 0; frame < w->frames.keys.count; frame++) {
		const char *file;
		u32 label, site, line;

		export_frame(&w->frames, frame, &label, &site);
		export_place(w->in, label, &file, &line);
		if (site != NO_ID)
			line = w->in->labels->sites.data[site].line;
		proto_u64(&w->scratch, LINE_FUNCTION, (u64)label + 1);
		proto_u64(&w->scratch, LINE_LINE, line);
		proto_u64(&w->inner, LOCATION_ID, (u64)frame + 1);
		proto_u64(&w->inner, LOCATION_MAPPING, 1);
		proto_message(&w->inner, LOCATION_LINE, &w->scratch);
		proto_message(&w->out, PROFILE_LOCATION, &w->inner);
	}
}

static void put_functions(struct writer *w)
{
	for (u32 label = 0; label < w->in->labels->names.count; label++) {
		u64 name = string_of(w, labels_name(w->in->labels, label));
		const char *file;
		u32 line;

		export_place(w->in, label, &file, &line);
		proto_u64(&w->inner, FUNCTION_ID, (u64)label + 1);
		proto_u64(&w->inner, FUNCTION_NAME, name);
		/*
		 * No system name: where it is the same as the name, go tool pprof takes the name for
		 * one that it could not demangle, and cuts what stands in <> out of it
		 * (internal/symbolizer, demangleSingleFunction).
		 */
		if (file)
			proto_u64(&w->inner, FUNCTION_FILE, string_of(w, file));
		proto_u64(&w->inner, FUNCTION_LINE, line);
		proto_message(&w->out, PROFILE_FUNCTION, &w->inner);
	}
}

/* One mapping that has all names, so that no tool tries to find them itself. */
static void put_mapping(struct writer *w)
{
	const char *command = profile_meta(w->in->profile, "command");

	proto_u64(&w->inner, MAPPING_ID, 1);
	proto_u64(&w->inner, MAPPING_FILE, string_of(w, command ? command : "aprof"));
	proto_u64(&w->inner, MAPPING_HAS_FUNCTIONS, 1);
	proto_u64(&w->inner, MAPPING_HAS_FILENAMES, 1);
	proto_u64(&w->inner, MAPPING_HAS_LINES, 1);
	proto_u64(&w->inner, MAPPING_HAS_INLINES, 1);
	proto_message(&w->out, PROFILE_MAPPING, &w->inner);
}

static u64 period_of(const struct export_input *in)
{
	struct amount all = calltree_all(in->tree);
	u64 period = in->profile->events[in->event].period;

	return period ? period : all.samples ? all.weight / all.samples : 0;
}

static void put_head(struct writer *w)
{
	const struct profile_event *event = &w->in->profile->events[w->in->event];
	const char *start = profile_meta(w->in->profile, "start.realtime_ns");
	bool is_time = strcmp(event->unit, "ns") == 0;
	const char *type = is_time ? "cpu" : event->name, *unit = is_time ? "nanoseconds" : "count";

	put_value_type(w, PROFILE_SAMPLE_TYPE, "samples", "count");
	put_value_type(w, PROFILE_SAMPLE_TYPE, type, unit);
	proto_u64(&w->out, PROFILE_TIME, start ? strtoull(start, NULL, 10) : 0);
	proto_u64(&w->out, PROFILE_DURATION,
		  w->in->profile->last_time - w->in->profile->first_time);
	put_value_type(w, PROFILE_PERIOD_TYPE, type, unit);
	proto_u64(&w->out, PROFILE_PERIOD, period_of(w->in));
	proto_u64(&w->out, PROFILE_DEFAULT_TYPE, string_of(w, type));
	proto_u64(&w->out, PROFILE_COMMENT, string_of(w, "aprof " APROF_VERSION));
}

#if HAVE_ZLIB
static struct err *put_gzipped(const struct text *data, FILE *out)
{
	uLong bound = compressBound((uLong)data->len) + 32;
	u8 *packed = xmalloc(bound);
	/* const_cast: zlib's next_in is not const, though it is only read. */
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data->at,
		       .avail_in = (uInt)data->len,
		       .next_out = packed,
		       .avail_out = (uInt)bound };
	int result = data->len < UINT32_MAX ? deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
							   15 + 16, 8, Z_DEFAULT_STRATEGY)
					    : Z_BUF_ERROR;

	if (result == Z_OK) {
		result = deflate(&z, Z_FINISH);
		deflateEnd(&z);
	}
	if (result == Z_STREAM_END)
		fwrite(packed, 1, z.total_out, out);
	free(packed);
	return result == Z_STREAM_END ? NULL : err_new("the profile is too large for pprof");
}
#endif

struct err *export_pprof(const struct export_input *in)
{
#if HAVE_ZLIB
	struct writer w = { .in = in };
	struct err *err;

	intern_init(&w.strings);
	intern_id(&w.strings, "");
	export_frames_init(&w.frames, in->tree);
	put_head(&w);
	put_mapping(&w);
	put_samples(&w);
	put_locations(&w);
	put_functions(&w);
	for (u32 id = 0; id < w.strings.count; id++)
		proto_string(&w.out, PROFILE_STRING, intern_text(&w.strings, id));
	err = put_gzipped(&w.out, in->out);
	export_frames_release(&w.frames);
	intern_release(&w.strings);
	text_release(&w.out);
	text_release(&w.inner);
	text_release(&w.scratch);
	text_release(&w.clean);
	return err;
#else
	(void)in;
	return err_hint(err_new("this aprof was built without zlib, which pprof's format needs"),
			"install zlib1g-dev, configure and make again");
#endif
}
