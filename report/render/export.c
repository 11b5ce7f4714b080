/* What the formats for other viewers share: the table of them, frames, places. */
#include "report/render/export.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "report/render/names.h"

const struct export_format export_formats[] = {
	{ "pprof", "aprof.pb.gz", "profile.proto, for go tool pprof and others", export_pprof },
	{ "firefox", "aprof.firefox.json", "Firefox Profiler, with threads and times",
	  export_firefox },
	{ "speedscope", "aprof.speedscope.json", "speedscope, one profile a thread",
	  export_speedscope },
	{ "json", "aprof.json", "the report for machines", export_json },
	{ 0 },
};

void export_frames_init(struct export_frames *frames, const struct calltree *tree)
{
	intern_init(&frames->keys);
	frames->of_node = xcalloc(tree->nodes.len, sizeof *frames->of_node);
	frames->of_node[0] = NO_ID;
	for (u32 id = 1; id < tree->nodes.len; id++) {
		u32 key[2] = { tree->nodes.data[id].label, tree->nodes.data[id].site };

		frames->of_node[id] = intern_bytes(&frames->keys, key, sizeof key);
	}
}

void export_frames_release(struct export_frames *frames)
{
	intern_release(&frames->keys);
	free(frames->of_node);
}

void export_frame(const struct export_frames *frames, u32 frame, u32 *label, u32 *site)
{
	u32 key[2];

	memcpy(key, intern_text(&frames->keys, frame), sizeof key);
	*label = key[0];
	*site = key[1];
}

void export_place(const struct export_input *in, u32 label, const char **file, u32 *line)
{
	u32 id = in->labels->labels.data[label].function;

	*file = NULL;
	*line = 0;
	if (!in->known.symbols || id >= in->known.symbols->function_count)
		return;
	*file = in->known.symbols->functions[id].file;
	*line = *file ? in->known.symbols->functions[id].line : 0;
}

u32 export_task(const struct calltree *tree, u32 node)
{
	while (node != 0 && tree->nodes.data[node].parent != 0)
		node = tree->nodes.data[node].parent;
	return node != 0 && tree->nodes.data[node].is_task ? tree->nodes.data[node].label : NO_ID;
}

const char *export_name(struct text *buf, const char *name)
{
	text_clear(buf);
	name_clean(buf, name);
	return text_str(buf);
}
