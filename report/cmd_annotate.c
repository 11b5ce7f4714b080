/* `aprof annotate`: a logical function's source, with what each line costs and awaits. */
#include <string.h>

#include <aprof/command.h>

#include "report/render/annotate.h"
#include "report/view/outfile.h"
#include "report/view/view.h"

struct annotate_options {
	struct view_options view;
	struct string_list source_dirs;
	const char *function, *output;
	bool html;
	u64 width;
};

static struct err *parse_options(struct annotate_options *o, int argc, char **argv,
				 struct parsed *parsed)
{
	const struct option_spec specs[] = {
		VIEW_INPUT_OPTIONS(&o->view),
		{ 0, "source-dir", OPTION_CALL, &o->source_dirs, "DIR",
		  "look for sources below DIR", .call = view_add_string },
		{ 0, "html", OPTION_FLAG, &o->html, NULL, "write a page, not text" },
		{ 'o', "output", OPTION_STRING, &o->output, "FILE",
		  "where the page goes [aprof.annotate.html]" },
		{ 0, "width", OPTION_U64, &o->width, "COLUMNS",
		  "cut lines to this width; 0: never [the terminal's, or 80]", .max = 100000 },
		{ .kind = OPTION_HEADING, .help = "Which samples" },
		VIEW_FILTER_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "How stacks are shown" },
		VIEW_STACK_OPTIONS(&o->view),
		{ 0 },
	};
	const struct options options = {
		.usage = "aprof annotate [options] FUNCTION [FILE]",
		.summary = "Shows the source of a function with what each line costs, and what it "
			   "awaits there.",
		.specs = specs,
	};

	TRY(options_parse(&options, argc, argv, parsed));
	if (parsed->help)
		return NULL;
	if (!parsed->count)
		return err_hint(err_usage("annotate takes the name of a function"),
				"'aprof report' lists them");
	o->function = *parsed->operands++;
	parsed->count--;
	return NULL;
}

/* NULL-terminated, as the renderer takes it. */
static const char *const *directories(struct annotate_options *o)
{
	*vec_push(&o->source_dirs) = NULL;
	return o->source_dirs.data;
}

struct written {
	struct annotate_input *in;
	bool html;
	size_t missing;
};

static struct err *write_page(void *arg, FILE *out)
{
	struct written *written = arg;

	written->in->out = out;
	written->missing = written->html ? annotate_html(written->in) : annotate_text(written->in);
	return NULL;
}

static struct err *write_out(struct annotate_options *o, struct annotate_input *in, size_t *missing)
{
	struct written written = { .in = in, .html = o->html };
	const char *output = o->output ? o->output : o->html ? "aprof.annotate.html" : "-";
	struct err *err = NULL;

	if (strcmp(output, "-") == 0 && !o->html)
		written.missing = annotate_text(in);
	else
		err = outfile_write(output, write_page, &written);
	*missing = written.missing;
	return err;
}

static struct err *annotate(struct annotate_options *o, const char *path)
{
	struct label_ids functions = { 0 };
	struct label_set labels;
	struct style style;
	struct annotate_input in = { .out = stdout, .style = &style, .labels = &labels };
	struct view view;
	struct err *err;
	size_t missing = 0;

	o->view.gather.sites = GATHER_LINES;
	TRY(view_open(&view, path, &o->view));
	view_style(&style, false, o->width);
	labels_init(&labels);
	err = view_event(&view, o->view.event, &in.event);
	if (!err)
		err = view_gather(&view, &labels, &o->view, NULL, NULL);
	if (!err)
		err = view_functions(&labels, o->function, &functions);
	if (!err) {
		in.profile = view.profile;
		in.symbols = view.symbols;
		in.tree = &view.gathered[in.event].tree;
		in.source_dirs = directories(o);
		in.functions = &functions;
		err = write_out(o, &in, &missing);
	}
	if (!err && missing)
		notice("source was not found; --source-dir DIR says where it is");
	vec_release(&functions);
	view_close(&view);
	labels_release(&labels);
	return err;
}

static struct err *run(int argc, char **argv, int *status)
{
	struct annotate_options o = { .width = VIEW_NO_WIDTH };
	struct parsed parsed;
	const char *path = NULL;
	struct err *err = parse_options(&o, argc, argv, &parsed);

	*status = 0;
	if (!err && !parsed.help) {
		err = view_input(&o.view, &parsed, &path);
		if (!err)
			err = annotate(&o, path);
	}
	view_options_release(&o.view);
	vec_release(&o.source_dirs);
	return err;
}

const struct command cmd_annotate = {
	"annotate",
	"show a function's source with what each line costs and awaits",
	run,
};
