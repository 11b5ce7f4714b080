/*
 * speedscope's own format (its src/lib/file-format-spec.ts): frames shared by one sampled profile a
 * thread.
 */
#include <config.h>

#include "report/render/export.h"

#include <string.h>

#include "report/render/json.h"

static void write_frames(struct json *json, const struct export_input *in)
{
	struct text clean = { 0 };

	json_key(json, "shared");
	json_open(json, '{');
	json_key(json, "frames");
	json_open(json, '[');
	for (u32 label = 0; label < in->labels->names.count; label++) {
		const char *file;
		u32 line;

		export_place(in, label, &file, &line);
		json_open(json, '{');
		json_key_string(json, "name", export_name(&clean, labels_name(in->labels, label)));
		if (file) {
			json_key_string(json, "file", file);
			json_key_u64(json, "line", line);
		}
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
	text_release(&clean);
}

static void write_stack(struct json *json, const struct calltree *tree, u32 node,
			struct label_ids *path)
{
	path->len = 0;
	for (u32 at = node; at != 0; at = tree->nodes.data[at].parent)
		*vec_push(path) = tree->nodes.data[at].label;
	json_open(json, '[');
	for (size_t i = path->len; i-- > 0;)
		json_u64(json, path->data[i]);
	json_close(json, ']');
}

static void write_thread(struct json *json, const struct export_input *in,
			 const struct export_thread *thread)
{
	const struct export_sample *samples = in->samples + thread->first;
	bool is_time = strcmp(in->profile->events[in->event].unit, "ns") == 0;
	struct text name = { 0 }, clean = { 0 };
	struct label_ids path = { 0 };
	u64 end = 0;

	text_printf(&name, "%s (%d)", export_name(&clean, thread->comm), thread->tid);
	json_open(json, '{');
	json_key_string(json, "type", "sampled");
	json_key_string(json, "name", text_str(&name));
	json_key_string(json, "unit", is_time ? "nanoseconds" : "none");
	json_key(json, "samples");
	json_open(json, '[');
	for (size_t i = 0; i < thread->count; i++)
		write_stack(json, in->tree, samples[i].node, &path);
	json_close(json, ']');
	json_key(json, "weights");
	json_open(json, '[');
	for (size_t i = 0; i < thread->count; i++) {
		json_u64(json, samples[i].weight);
		end += samples[i].weight;
	}
	json_close(json, ']');
	json_key_u64(json, "startValue", 0);
	json_key_u64(json, "endValue", end);
	json_close(json, '}');
	vec_release(&path);
	text_release(&clean);
	text_release(&name);
}

struct err *export_speedscope(const struct export_input *in)
{
	const char *command = profile_meta(in->profile, "command");
	struct json json = { .out = in->out };

	json_open(&json, '{');
	json_key_string(&json, "$schema", "https://www.speedscope.app/file-format-schema.json");
	json_key_text(&json, "name", command ? command : "aprof");
	json_key_string(&json, "exporter", "aprof " APROF_VERSION);
	write_frames(&json, in);
	json_key(&json, "profiles");
	json_open(&json, '[');
	for (size_t i = 0; i < in->thread_count; i++)
		write_thread(&json, in, &in->threads[i]);
	json_close(&json, ']');
	json_close(&json, '}');
	fputc('\n', in->out);
	return NULL;
}
