/* The report as JSON: totals, quality, functions, tasks and distinct stacks. */
#include <config.h>

#include "report/render/export.h"
#include "report/render/json.h"
#include "report/render/origin.h"
#include "report/tree/flat.h"
#include "report/tree/tasks.h"

static void write_amount(struct json *json, const char *key, struct amount amount)
{
	json_key(json, key);
	json_open(json, '{');
	json_key_u64(json, "samples", amount.samples);
	json_key_u64(json, "weight", amount.weight);
	json_close(json, '}');
}

static void write_quality(struct json *json, const struct export_input *in)
{
	const struct quality *quality = in->quality;
	const struct file_quality *file = &in->profile->quality;

	json_key(json, "quality");
	json_open(json, '{');
	json_key_u64(json, "samples", quality->samples);
	json_key_u64(json, "lost", file->lost + file->lost_samples);
	json_key_u64(json, "truncated", quality_truncated(quality));
	json_key_u64(json, "failed", quality_failed(quality));
	json_key_u64(json, "unresolved", quality->unresolved);
	json_key_u64(json, "unsure", quality->unsure);
	json_key_u64(json, "complete", quality->complete);
	json_key_u64(json, "without_stack", quality->empty);
	json_key_u64(json, "damaged", quality->lost_stacks);
	json_key_u64(json, "throttled", file->throttled);
	json_key(json, "reasons");
	json_open(json, '{');
	for (int reason = STOP_END + 1; reason < STOP_COUNT; reason++)
		if (quality->by_stop[reason])
			json_key_u64(json, stop_reason_text((enum stop_reason)reason),
				     quality->by_stop[reason]);
	json_close(json, '}');
	json_close(json, '}');
}

static void write_function(struct json *json, const struct export_input *in,
			   const struct flat_row *row)
{
	const struct label *label = &in->labels->labels.data[row->label];
	const char *name = labels_name(in->labels, row->label), *file;
	struct text clean = { 0 };
	u32 line;

	export_place(in, row->label, &file, &line);
	json_open(json, '{');
	json_key_string(json, "name", export_name(&clean, name));
	json_key_string(json, "kind", origin_text(origin_of(&in->known, label, name)));
	json_key(json, "unsure");
	json_bool(json, label->unsure);
	if (file) {
		json_key_string(json, "file", file);
		json_key_u64(json, "line", line);
	}
	write_amount(json, "self", row->self);
	write_amount(json, "total", row->total);
	json_close(json, '}');
	text_release(&clean);
}

static void write_functions(struct json *json, const struct export_input *in)
{
	struct flat rows = { 0 };

	flat_build(&rows, in->tree, FLAT_BY_SELF);
	json_key(json, "functions");
	json_open(json, '[');
	vec_each (&rows, row)
		write_function(json, in, row);
	json_close(json, ']');
	vec_release(&rows);
}

static void write_tasks(struct json *json, const struct export_input *in)
{
	struct text clean = { 0 };
	struct tasks rows = { 0 };

	tasks_build(&rows, in->tree);
	json_key(json, "tasks");
	json_open(json, '[');
	vec_each (&rows, row) {
		json_open(json, '{');
		json_key(json, "root");
		if (row->root == NO_ID)
			json_null(json);
		else
			json_string(json, export_name(&clean, labels_name(in->labels, row->root)));
		write_amount(json, "total", row->amount);
		json_close(json, '}');
	}
	json_close(json, ']');
	vec_release(&rows);
	text_release(&clean);
}

/* One distinct stack, root first; a frame with a known place is [name, file, line]. */
static void write_stack(struct json *json, const struct export_input *in, u32 leaf)
{
	const struct calltree *tree = in->tree;
	struct text clean = { 0 };
	struct label_ids path = { 0 };

	for (u32 at = leaf; at != 0; at = tree->nodes.data[at].parent)
		*vec_push(&path) = at;
	json_open(json, '{');
	json_key(json, "frames");
	json_open(json, '[');
	for (size_t i = path.len; i-- > 0;) {
		u32 site = tree->nodes.data[path.data[i]].site;

		json_open(json, '{');
		json_key_string(json, "name",
				export_name(&clean, calltree_name(tree, path.data[i])));
		if (site != NO_ID) {
			json_key_string(json, "file", in->labels->sites.data[site].file);
			json_key_u64(json, "line", in->labels->sites.data[site].line);
		}
		json_close(json, '}');
	}
	json_close(json, ']');
	write_amount(json, "self", tree->nodes.data[leaf].self);
	json_close(json, '}');
	vec_release(&path);
	text_release(&clean);
}

struct err *export_json(const struct export_input *in)
{
	const struct profile_event *event = &in->profile->events[in->event];
	const char *command = profile_meta(in->profile, "command");
	struct json json = { .out = in->out };

	json_open(&json, '{');
	json_key_string(&json, "aprof", APROF_VERSION);
	json_key_text(&json, "command", command ? command : "");
	json_key_text(&json, "event", event->name);
	json_key_text(&json, "unit", event->unit);
	write_amount(&json, "total", calltree_all(in->tree));
	write_quality(&json, in);
	write_functions(&json, in);
	write_tasks(&json, in);
	json_key(&json, "stacks");
	json_open(&json, '[');
	for (u32 id = 1; id < in->tree->nodes.len; id++)
		if (in->tree->nodes.data[id].self.samples)
			write_stack(&json, in, id);
	json_close(&json, ']');
	json_close(&json, '}');
	fputc('\n', in->out);
	return NULL;
}
