/* The table of formats, and what stands above every one that is for people. */
#include "report/render/render.h"

#include "report/render/names.h"

const struct render_format render_formats[] = {
	{ "table", "functions by cost (the default)", render_table, .every_event = true },
	{ "tree", "call tree of logical stacks", render_tree },
	{ "inverted", "tree from the leaves to the roots", render_inverted },
	{ "callers", "who calls FUNCTION", render_callers },
	{ "tasks", "CPU by task root, with each one's hottest chain", render_tasks },
	{ "folded", "\"a;b;c N\" a line, N samples, for flame graph tools", render_folded,
	  .for_machines = true },
	{ 0 },
};

void render_header(const struct render_input *in, const char *columns)
{
	const struct profile_event *event = &in->profile->events[in->event];
	struct amount all = calltree_all(in->tree);
	struct text line = { 0 };
	char buf[32];

	if (!in->style->header)
		return;
	name_clean(&line, event->name);
	text_printf(&line, ": %s samples", format_count(all.samples, buf));
	if (strcmp(event->unit, "ns") == 0)
		text_printf(&line, ", %s of CPU time", format_time((double)all.weight, buf));
	else
		text_printf(&line, ", about %s events", format_count(all.weight, buf));
	fprintf(in->out, "%s\n\n%s%s%s\n", text_str(&line), style_ink(in->style, INK_HEADER),
		columns, style_plain(in->style));
	text_release(&line);
}
