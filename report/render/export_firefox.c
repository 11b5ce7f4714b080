/*
 * Firefox Profiler's processed profile (github.com/firefox-devtools/profiler,
 * docs-developer/processed-profile-format.md), version 60: tables shared by all threads; newer
 * viewers upgrade it as they load it.
 */
#include <config.h>

#include "report/render/export.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "report/render/json.h"
#include "report/render/origin.h"

#define GECKO_VERSION 24
#define PROCESSED_VERSION 60

static const struct {
	const char *name, *color;
} categories[] = {
	[ORIGIN_ASYNC] = { "Async", "blue" },	    [ORIGIN_USER] = { "Sync", "orange" },
	[ORIGIN_LIBRARY] = { "Library", "yellow" }, [ORIGIN_GLUE] = { "Glue", "darkgrey" },
	[ORIGIN_KERNEL] = { "Kernel", "purple" },   [ORIGIN_UNSURE] = { "Unsure", "green" },
	[ORIGIN_OTHER] = { "Other", "grey" }, /* the viewer wants one that is grey */
};

struct writer {
	const struct export_input *in;
	struct json json;
	struct text clean;
	struct intern strings;
	struct label_ids sources; /* strings, by index of the source */
	u32 *source_of; /* by label: index of its source, NO_ID */
	struct export_frames frames;
};

static u32 string_of(struct writer *w, const char *s)
{
	return intern_id(&w->strings, export_name(&w->clean, s));
}

typedef void column_fn(struct writer *w, u32 i);

static void column(struct writer *w, const char *key, u32 count, column_fn *put)
{
	json_key(&w->json, key);
	json_open(&w->json, '[');
	for (u32 i = 0; i < count; i++)
		put(w, i);
	json_close(&w->json, ']');
}

static void put_null(struct writer *w, u32 i)
{
	(void)i;
	json_null(&w->json);
}

static void put_zero(struct writer *w, u32 i)
{
	(void)i;
	json_u64(&w->json, 0);
}

static void put_minus_one(struct writer *w, u32 i)
{
	(void)i;
	json_double(&w->json, -1);
}

static void put_false(struct writer *w, u32 i)
{
	(void)i;
	json_bool(&w->json, false);
}

static void put_or_null(struct writer *w, u32 value, u32 none)
{
	if (value == none)
		json_null(&w->json);
	else
		json_u64(&w->json, value);
}

/* --- stacks: node id - 1 --- */

static void put_stack_frame(struct writer *w, u32 i)
{
	json_u64(&w->json, w->frames.of_node[i + 1]);
}

static void put_stack_prefix(struct writer *w, u32 i)
{
	put_or_null(w, w->in->tree->nodes.data[i + 1].parent - 1, NO_ID);
}

/* --- frames --- */

static void put_frame_func(struct writer *w, u32 i)
{
	u32 label, site;

	export_frame(&w->frames, i, &label, &site);
	json_u64(&w->json, label);
}

static void put_frame_line(struct writer *w, u32 i)
{
	u32 label, site;

	export_frame(&w->frames, i, &label, &site);
	put_or_null(w, site == NO_ID ? 0 : w->in->labels->sites.data[site].line, 0);
}

static void put_frame_category(struct writer *w, u32 i)
{
	const struct label_set *labels = w->in->labels;
	u32 label, site;

	export_frame(&w->frames, i, &label, &site);
	json_u64(&w->json, (u64)origin_of(&w->in->known, &labels->labels.data[label],
					  labels_name(labels, label)));
}

/* --- functions: labels --- */

static void put_func_name(struct writer *w, u32 i)
{
	json_u64(&w->json, string_of(w, labels_name(w->in->labels, i)));
}

static void put_func_source(struct writer *w, u32 i)
{
	put_or_null(w, w->source_of[i], NO_ID);
}

static void put_func_line(struct writer *w, u32 i)
{
	const char *file;
	u32 line;

	export_place(w->in, i, &file, &line);
	put_or_null(w, line, 0);
}

static void put_source_name(struct writer *w, u32 i)
{
	json_u64(&w->json, w->sources.data[i]);
}

/* Files of functions, each once. */
static void collect_sources(struct writer *w)
{
	struct intern files;

	intern_init(&files);
	w->source_of = xcalloc((size_t)w->in->labels->names.count + 1, sizeof *w->source_of);
	for (u32 label = 0; label < w->in->labels->names.count; label++) {
		const char *file;
		u32 line, id;

		export_place(w->in, label, &file, &line);
		w->source_of[label] = NO_ID;
		if (!file)
			continue;
		id = intern_id(&files, file);
		if (id == w->sources.len)
			*vec_push(&w->sources) = string_of(w, file);
		w->source_of[label] = id;
	}
	intern_release(&files);
}

static void open_table(struct writer *w, const char *key, u32 length)
{
	json_key(&w->json, key);
	json_open(&w->json, '{');
	json_key_u64(&w->json, "length", length);
}

static void write_shared(struct writer *w)
{
	u32 stacks = (u32)w->in->tree->nodes.len - 1, frames = w->frames.keys.count;
	u32 funcs = w->in->labels->names.count, sources = (u32)w->sources.len;
	static const char *const empty_columns[][5] = {
		{ "resourceTable", "lib", "name", "host", "type" },
		{ "nativeSymbols", "libIndex", "address", "name", "functionSize" },
	};

	json_key(&w->json, "shared");
	json_open(&w->json, '{');
	open_table(w, "stackTable", stacks);
	column(w, "frame", stacks, put_stack_frame);
	column(w, "prefix", stacks, put_stack_prefix);
	json_close(&w->json, '}');
	open_table(w, "frameTable", frames);
	column(w, "address", frames, put_minus_one);
	column(w, "inlineDepth", frames, put_zero);
	column(w, "category", frames, put_frame_category);
	column(w, "subcategory", frames, put_zero);
	column(w, "func", frames, put_frame_func);
	column(w, "nativeSymbol", frames, put_null);
	column(w, "innerWindowID", frames, put_null);
	column(w, "line", frames, put_frame_line);
	column(w, "column", frames, put_null);
	json_close(&w->json, '}');
	open_table(w, "funcTable", funcs);
	column(w, "name", funcs, put_func_name);
	column(w, "isJS", funcs, put_false);
	column(w, "relevantForJS", funcs, put_false);
	column(w, "resource", funcs, put_minus_one);
	column(w, "source", funcs, put_func_source);
	column(w, "lineNumber", funcs, put_func_line);
	column(w, "columnNumber", funcs, put_null);
	json_close(&w->json, '}');
	for (size_t t = 0; t < ARRAY_LEN(empty_columns); t++) {
		open_table(w, empty_columns[t][0], 0);
		for (size_t c = 1; c < ARRAY_LEN(empty_columns[t]); c++)
			column(w, empty_columns[t][c], 0, put_null);
		json_close(&w->json, '}');
	}
	open_table(w, "sources", sources);
	column(w, "uuid", sources, put_null);
	column(w, "filename", sources, put_source_name);
	json_close(&w->json, '}');
	json_key(&w->json, "stringArray");
	json_open(&w->json, '[');
	for (u32 id = 0; id < w->strings.count; id++)
		json_string(&w->json, intern_text(&w->strings, id));
	json_close(&w->json, ']');
	json_close(&w->json, '}');
}

/* --- threads --- */

/* Milliseconds since the first sample, to the nanosecond. */
static void put_time(struct json *json, u64 ns)
{
	json_double(json, (double)ns / 1e6);
}

static bool is_time(const struct export_input *in)
{
	return strcmp(in->profile->events[in->event].unit, "ns") == 0;
}

static void write_samples(struct writer *w, const struct export_thread *thread)
{
	const struct export_sample *samples = w->in->samples + thread->first;
	struct json *json = &w->json;

	open_table(w, "samples", (u32)thread->count);
	json_key(json, "stack");
	json_open(json, '[');
	for (size_t i = 0; i < thread->count; i++)
		put_or_null(w, samples[i].node - 1, NO_ID);
	json_close(json, ']');
	json_key(json, "time");
	json_open(json, '[');
	for (size_t i = 0; i < thread->count; i++)
		put_time(json, samples[i].time - w->in->profile->first_time);
	json_close(json, ']');
	json_key_string(json, "weightType", "samples");
	json_key(json, "weight");
	json_null(json);
	if (is_time(w->in)) {
		json_key(json, "threadCPUDelta");
		json_open(json, '[');
		for (size_t i = 0; i < thread->count; i++)
			json_u64(json, samples[i].weight / 1000);
		json_close(json, ']');
	}
	json_close(json, '}');
}

static void write_markers(struct writer *w)
{
	static const char *const columns[] = { "data",	  "name",  "startTime",
					       "endTime", "phase", "category" };

	open_table(w, "markers", 0);
	for (size_t c = 0; c < ARRAY_LEN(columns); c++)
		column(w, columns[c], 0, put_null);
	json_close(&w->json, '}');
}

static void write_thread(struct writer *w, const struct export_thread *thread)
{
	struct json *json = &w->json;
	char pid[16];

	snprintf(pid, sizeof pid, "%d", thread->pid);
	json_open(json, '{');
	json_key_string(json, "processType", "default");
	json_key_u64(json, "processStartupTime", 0);
	json_key(json, "processShutdownTime");
	json_null(json);
	json_key_u64(json, "registerTime", 0);
	json_key(json, "unregisterTime");
	json_null(json);
	json_key(json, "pausedRanges");
	json_open(json, '[');
	json_close(json, ']');
	json_key_string(json, "name", export_name(&w->clean, thread->comm));
	json_key(json, "isMainThread");
	json_bool(json, thread->pid == thread->tid);
	json_key_string(json, "processName", export_name(&w->clean, thread->process_comm));
	json_key_string(json, "pid", pid);
	json_key(json, "tid");
	json_i64(json, thread->tid);
	write_samples(w, thread);
	write_markers(w);
	json_close(json, '}');
}

/* --- the profile --- */

static void write_categories(struct json *json)
{
	json_key(json, "categories");
	json_open(json, '[');
	for (size_t i = 0; i < ARRAY_LEN(categories); i++) {
		json_open(json, '{');
		json_key_string(json, "name", categories[i].name);
		json_key_string(json, "color", categories[i].color);
		json_key(json, "subcategories");
		json_open(json, '[');
		json_string(json, "Other");
		json_close(json, ']');
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_units(struct json *json)
{
	json_key(json, "sampleUnits");
	json_open(json, '{');
	json_key_string(json, "time", "ms");
	json_key_string(json, "eventDelay", "ms");
	json_key_string(json, "threadCPUDelta", "µs");
	json_close(json, '}');
}

static void write_meta(struct writer *w)
{
	const struct profile *profile = w->in->profile;
	const struct profile_event *event = &profile->events[w->in->event];
	const char *start = profile_meta(profile, "start.realtime_ns");
	const char *command = profile_meta(profile, "command");
	static const char *const flags[] = { "symbolicated", "symbolicationNotSupported",
					     "usesOnlyOneStackType", "sourceCodeIsNotOnSearchfox" };
	struct json *json = &w->json;

	json_key(json, "meta");
	json_open(json, '{');
	json_key(json, "interval");
	json_double(json, event->frequency ? 1000.0 / (double)event->frequency : 1);
	json_key(json, "startTime");
	json_double(json, start ? (double)strtoull(start, NULL, 10) / 1e6 : 0);
	json_key_u64(json, "processType", 0);
	json_key_u64(json, "stackwalk", 1);
	json_key_u64(json, "version", GECKO_VERSION);
	json_key_u64(json, "preprocessedProfileVersion", PROCESSED_VERSION);
	json_key_text(json, "product", command && *command ? command : "aprof");
	json_key_string(json, "importedFrom", "aprof " APROF_VERSION);
	json_key_string(json, "platform", "Linux");
	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		json_key(json, flags[i]);
		json_bool(json, true);
	}
	json_key(json, "markerSchema");
	json_open(json, '[');
	json_close(json, ']');
	write_units(json);
	write_categories(json);
	json_close(json, '}');
}

struct err *export_firefox(const struct export_input *in)
{
	struct writer w = { .in = in, .json = { .out = in->out } };

	intern_init(&w.strings);
	export_frames_init(&w.frames, in->tree);
	collect_sources(&w);
	json_open(&w.json, '{');
	write_meta(&w);
	json_key(&w.json, "libs");
	json_open(&w.json, '[');
	json_close(&w.json, ']');
	write_shared(&w);
	json_key(&w.json, "threads");
	json_open(&w.json, '[');
	for (size_t i = 0; i < in->thread_count; i++)
		write_thread(&w, &in->threads[i]);
	json_close(&w.json, ']');
	json_close(&w.json, '}');
	fputc('\n', in->out);
	vec_release(&w.sources);
	free(w.source_of);
	export_frames_release(&w.frames);
	intern_release(&w.strings);
	text_release(&w.clean);
	return NULL;
}
