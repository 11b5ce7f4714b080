/* `aprof report`: what costs time, as tables, trees and folded stacks. */
#include <string.h>

#include <aprof/command.h>
#include <aprof/text.h>

#include "report/render/render.h"
#include "report/view/view.h"

struct report_options {
	struct view_options view;
	const char *callers;
	const char *sort;
	double limit; /* share; negative: the format's own */
	bool tree, inverted, folded, tasks;
	bool no_header;
	u64 width;
};

static struct err *parse_options(struct report_options *o, int argc, char **argv,
				 struct parsed *parsed)
{
	const struct option_spec specs[] = {
		VIEW_INPUT_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "What is shown (default: functions by cost)" },
		{ 0, "tree", OPTION_FLAG, &o->tree, NULL, "call tree of logical stacks" },
		{ 0, "callers", OPTION_STRING, &o->callers, "FUNCTION", "who calls FUNCTION" },
		{ 0, "inverted", OPTION_FLAG, &o->inverted, NULL, "tree from leaves to roots" },
		{ 0, "tasks", OPTION_FLAG, &o->tasks, NULL,
		  "CPU by task root, with each one's hottest chain" },
		{ 0, "folded", OPTION_FLAG, &o->folded, NULL,
		  "\"a;b;c N\" a line, N samples, for flame graph tools" },
		{ .kind = OPTION_HEADING, .help = "Which samples" },
		VIEW_FILTER_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "How stacks are shown" },
		VIEW_STACK_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "How text is shown" },
		{ 0, "sort", OPTION_STRING, &o->sort, "self|total", "order of the table [self]" },
		VIEW_TEXT_OPTIONS(o),
		{ 0 },
	};
	const struct options options = {
		.usage = "aprof report [options] [FILE]",
		.summary = "Shows what costs time, by logical function and await chain.",
		.specs = specs,
	};

	return options_parse(&options, argc, argv, parsed);
}

/* The one format that was asked for. */
static struct err *choose_format(const struct report_options *o, const struct render_format **out)
{
	const struct {
		bool asked;
		const char *name;
	} asked[] = {
		{ o->tree, "tree" },	     { o->callers != NULL, "callers" },
		{ o->inverted, "inverted" }, { o->tasks, "tasks" },
		{ o->folded, "folded" },
	};
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
		if (asked[i].asked && name)
			return err_usage("--%s and --%s exclude each other", name, asked[i].name);
		if (asked[i].asked)
			name = asked[i].name;
	}
	for (*out = render_formats; name && strcmp((*out)->name, name) != 0;)
		++*out;
	return NULL;
}

static struct err *check(struct report_options *o, struct render_input *in)
{
	TRY(view_order(o->sort, &in->order));
	in->limit = o->limit;
	o->view.names_only = true;
	o->view.gather.sites = o->view.await_lines ? GATHER_AWAITS : GATHER_NO_SITES;
	return NULL;
}

static void show_event(const struct render_format *format, struct render_input *in,
		       const struct view *view, u32 event)
{
	in->event = event;
	in->tree = &view->gathered[event].tree;
	if (!calltree_all(in->tree).samples && view->profile->rows)
		notice("no sample of %s is within the filters", view->profile->events[event].name);
	in->quality = &view->gathered[event].quality;
	format->render(in);
	if (!format->for_machines)
		render_quality(in);
}

static struct err *show(const struct report_options *o, const struct render_format *format,
			struct render_input *in, const struct view *view)
{
	u32 event;

	TRY(view_event(view, o->view.event, &event));
	in->profile = view->profile;
	if (!format->every_event || o->view.event) {
		show_event(format, in, view, event);
	} else {
		for (u32 i = 0; i < view->profile->event_count; i++) {
			if (i)
				fputc('\n', in->out);
			show_event(format, in, view, i);
		}
	}
	if (format->for_machines) {
		struct text line = { 0 };

		quality_text(&line, in->quality, in->profile);
		notice("%s", text_str(&line));
		text_release(&line);
	}
	return NULL;
}

static struct err *report(struct report_options *o, const struct render_format *format,
			  struct render_input *in, const char *path)
{
	struct label_ids functions = { 0 };
	struct label_set labels;
	struct view view;
	struct err *err;

	TRY(view_open(&view, path, &o->view));
	labels_init(&labels);
	err = view_gather(&view, &labels, &o->view, NULL, NULL);
	if (!err && o->callers)
		err = view_functions(&labels, o->callers, &functions);
	in->functions = &functions;
	if (!err)
		err = show(o, format, in, &view);
	vec_release(&functions);
	view_close(&view);
	labels_release(&labels);
	return err;
}

static struct err *run(int argc, char **argv, int *status)
{
	struct report_options o = { .limit = -1, .width = VIEW_NO_WIDTH };
	const struct render_format *format = NULL;
	struct style style;
	struct render_input in = { .out = stdout, .style = &style };
	struct parsed parsed;
	const char *path = NULL;
	struct err *err = parse_options(&o, argc, argv, &parsed);

	*status = 0;
	if (!err && !parsed.help) {
		view_style(&style, o.no_header, o.width);
		err = choose_format(&o, &format);
		if (!err)
			err = check(&o, &in);
		if (!err)
			err = view_input(&o.view, &parsed, &path);
		if (!err)
			err = report(&o, format, &in, path);
	}
	view_options_release(&o.view);
	return err;
}

const struct command cmd_report = {
	"report",
	"show what costs time, by logical function and await chain",
	run,
};
