/* `aprof flamegraph`: one self-contained picture (SVG) or page (HTML) of a profile, or of two. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/command.h>
#include <aprof/text.h>

#include "report/render/flame.h"
#include "report/render/render.h"
#include "report/view/outfile.h"
#include "report/view/recording.h"
#include "report/view/view.h"

struct flamegraph_options {
	struct view_options view;
	struct recording_options recording;
	char **command; /* recorded first; NULL: the profile is there */
	const struct flame_format *format;
	const char *output;
	const char *title;
	bool diff, up;
};

static struct err *parse_options(struct flamegraph_options *o, int argc, char **argv,
				 struct parsed *parsed)
{
	const struct option_spec specs[] = {
		VIEW_INPUT_OPTIONS(&o->view),
		{ 'o', "output", OPTION_STRING, &o->output, "FILE",
		  "what is written: .svg or .html [aprof.svg]" },
		{ 0, "diff", OPTION_FLAG, &o->diff, NULL,
		  "two profiles, A and B: as wide as in B, coloured by change" },
		{ 0, "flame", OPTION_FLAG, &o->up, NULL, "roots at the bottom" },
		{ 0, "title", OPTION_STRING, &o->title, "TEXT", "heading [the recorded command]" },
		{ .kind = OPTION_HEADING, .help = "Which samples" },
		VIEW_FILTER_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "How stacks are shown" },
		VIEW_STACK_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "How a COMMAND is recorded, with --event too" },
		RECORDING_OPTIONS(&o->recording),
		{ 0 },
	};
	const struct options options = {
		.usage = "aprof flamegraph [options] [FILE]\n"
			 "       aprof flamegraph [options] -- COMMAND [ARG...]\n"
			 "       aprof flamegraph [options] --diff A B",
		.summary = "Draws a flame graph of logical stacks. The HTML page has logical and "
			   "physical stacks,\nsearch and zoom; the SVG can be read anywhere.",
		.specs = specs,
		.epilogue =
			"A COMMAND is recorded first; its profile is kept in aprof.data, or where "
			"-i says,\nand the exit status is its own.",
	};

	return options_parse(&options, argc, argv, parsed);
}

static struct err *choose_format(const char *path, const struct flame_format **out)
{
	for (*out = flame_formats; (*out)->extension; ++*out)
		if (ends_with(path, (*out)->extension))
			return NULL;
	return err_usage("'%s' is neither .svg nor .html", path);
}

/* What a view of the page shows. The first is what the options ask for. */
static const struct {
	const char *name, *about;
	bool glue, physical;
} kinds[] = {
	{ "Logical", "await chains, without glue", false, false },
	{ "With glue", "await chains, and the polls and combinators between", true, false },
	{ "Physical", "stacks as they were unwound", false, true },
};

static struct err *gather_view(struct flame_view *out, struct view *view, u32 event,
			       struct logical_options logical, struct label_set *labels,
			       const struct flamegraph_options *o)
{
	struct gather_options gathering = o->view.gather;
	struct gathered *all = NULL;
	struct logical *mapped;
	struct err *err;

	gathering.sites = GATHER_AWAITS;
	logical.crew = view->crew;
	TRY(logical_new(&mapped, view->profile, view->symbols, &logical));
	err = gather(&all, view->profile, mapped, labels, &gathering, NULL, NULL);
	logical_free(mapped);
	if (err)
		return err;
	calltree_init(&out->tree, labels);
	awaits_merge(&out->tree, &out->awaits, &all[event].tree);
	gathered_free(all, view->profile->event_count);
	return NULL;
}

static void views_release(struct flame_view *views, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		calltree_release(&views[i].tree);
		vec_release(&views[i].awaits);
	}
}

/* The recorded command, without the folder that its program is in. */
static char *title_of(const struct flamegraph_options *o, const struct view *view)
{
	const char *command = profile_meta(view->profile, "command");

	if (o->title || !command || !*command)
		return xstrdup(o->title ? o->title : "aprof");
	for (const char *at = command; *at && *at != ' '; at++)
		if (*at == '/' && at[1] && at[1] != ' ')
			command = at + 1;
	return xstrdup(command);
}

static char *summary_of(const struct view *view, u32 event)
{
	struct text text = { 0 };

	text_printf(&text, "%s, ", view->profile->events[event].name);
	quality_text(&text, &view->gathered[event].quality, view->profile);
	return text_take(&text);
}

static char *brief_of(const struct view *view, u32 event)
{
	const struct quality *quality = &view->gathered[event].quality;
	struct amount all = calltree_all(&view->gathered[event].tree);
	const struct profile_event *what = &view->profile->events[event];
	struct text text = { 0 };
	char buf[32];

	text_printf(&text, "%s: %s samples", what->name, format_count(all.samples, buf));
	if (strcmp(what->unit, "ns") == 0)
		text_printf(&text, ", %s of CPU time", format_time((double)all.weight, buf));
	text_printf(&text, "; %.1f%% of chains complete", quality_complete_percent(quality));
	return text_take(&text);
}

/* All three ways to see one profile, the one that was asked for first. */
static struct err *draw_one(struct flamegraph_options *o, const char *path, FILE *out)
{
	struct flame_view views[ARRAY_LEN(kinds)] = { 0 };
	struct label_set labels;
	struct view view;
	size_t count = 0, only = o->format->render == flame_svg ? 1 : ARRAY_LEN(kinds);
	struct err *err;
	u32 event = 0;

	TRY(view_open(&view, path, &o->view));
	labels_init(&labels);
	err = view_event(&view, o->view.event, &event);
	if (!err)
		err = view_gather(&view, &labels, &o->view, NULL, NULL);
	for (; !err && count < only; count++) {
		struct logical_options logical = o->view.logical;
		bool asked = only == 1;

		logical.show_glue = asked ? logical.show_glue : kinds[count].glue;
		logical.physical = asked ? logical.physical : kinds[count].physical;
		views[count].name = kinds[count].name;
		views[count].about = kinds[count].about;
		err = gather_view(&views[count], &view, event, logical, &labels, o);
	}
	if (!err) {
		char *title = title_of(o, &view), *summary = summary_of(&view, event);
		char *brief = brief_of(&view, event);
		const struct flame_input in = {
			.out = out,
			.title = title,
			.summary = summary,
			.brief = brief,
			.event = view.profile->events[event].name,
			.unit = view.profile->events[event].unit,
			.labels = &labels,
			.known = { view.profile, view.symbols },
			.views = views,
			.view_count = count,
			.up = o->up,
		};

		o->format->render(&in);
		free(title);
		free(summary);
		free(brief);
	}
	views_release(views, count);
	view_close(&view);
	labels_release(&labels);
	return err;
}

/* One of the two profiles of a comparison. */
static struct err *open_side(struct view *view, u32 *event, const char *path,
			     struct flamegraph_options *o, struct label_set *labels)
{
	TRY(view_open(view, path, &o->view));
	TRY(view_event(view, o->view.event, event));
	return view_gather(view, labels, &o->view, NULL, NULL);
}

static struct err *draw_diff(struct flamegraph_options *o, const char *const *paths, FILE *out)
{
	struct view views[2] = { 0 };
	struct label_set labels;
	struct err *err = NULL;
	u32 events[2];

	labels_init(&labels);
	for (int i = 0; !err && i < 2; i++)
		err = open_side(&views[i], &events[i], paths[i], o, &labels);
	if (!err) {
		struct diff diff;
		struct flame_view drawn = { .name = "Logical", .about = kinds[0].about };
		char *title = o->title ? xstrdup(o->title)
				       : xasprintf("A: %s  B: %s", paths[0], paths[1]);
		struct flame_input in = {
			.out = out,
			.title = title,
			.summary = "shares of each run",
			.brief = "shares of each run",
			.event = views[0].profile->events[events[0]].name,
			.unit = views[0].profile->events[events[0]].unit,
			.labels = &labels,
			.views = &drawn,
			.view_count = 1,
			.diff = &diff,
			.up = o->up,
		};

		diff_build(&diff, &views[0].gathered[events[0]].tree,
			   &views[1].gathered[events[1]].tree);
		drawn.tree = diff.shape;
		o->format->render(&in);
		diff_release(&diff);
		free(title);
	}
	view_close(&views[0]);
	view_close(&views[1]);
	labels_release(&labels);
	return err;
}

/* What is drawn, for outfile_write(). */
struct drawn {
	struct flamegraph_options *options;
	const char *paths[2]; /* the second in a comparison only; NULL: aprof.data */
};

static struct err *draw(void *arg, FILE *out)
{
	const struct drawn *drawn = arg;
	struct flamegraph_options *o = drawn->options;

	return o->diff ? draw_diff(o, drawn->paths, out) : draw_one(o, drawn->paths[0], out);
}

/* Who writes "--" has a COMMAND behind it. */
static struct err *check(struct flamegraph_options *o, const struct parsed *parsed)
{
	const char *given = recording_given(&o->recording);

	o->output = o->output ? o->output : "aprof.svg";
	TRY(choose_format(o->output, &o->format));
	if (parsed->dashes && parsed->before_dashes)
		return err_usage("a FILE and a COMMAND exclude each other: '%s'",
				 parsed->operands[0]);
	if (parsed->dashes && !parsed->count)
		return err_usage("there is no COMMAND behind --");
	if (parsed->dashes && o->diff)
		return err_usage("--diff takes two profiles, not a COMMAND");
	if (o->diff && parsed->count != 2)
		return err_usage("--diff takes two profiles, not %d", parsed->count);
	if (!parsed->dashes && given)
		return err_hint(err_usage("%s is for recording a COMMAND", given),
				"aprof flamegraph [options] -- COMMAND [ARG...]");
	o->command = parsed->dashes ? parsed->operands : NULL;
	return NULL;
}

static struct err *record(struct flamegraph_options *o, const char *path, int *status)
{
	TRY(recording_run(&o->recording, o->view.event, o->view.quiet, path, o->command, status));
	/* The event may have been replaced by one that there is: the first is what was recorded. */
	o->view.event = NULL;
	return NULL;
}

/* Who names a program has forgotten the "--". */
static struct err *hint_program(struct err *err, const char *path)
{
	struct stat st;

	if (!err || !path || stat(path, &st) < 0 || !S_ISREG(st.st_mode) || access(path, X_OK) < 0)
		return err;
	return err_hint(err, "to record that program: aprof flamegraph -- %s", path);
}

static struct err *flamegraph(struct flamegraph_options *o, const struct parsed *parsed,
			      int *status)
{
	struct drawn drawn = { .options = o };

	TRY(check(o, parsed));
	if (o->command) {
		drawn.paths[0] = o->view.input ? o->view.input : VIEW_DEFAULT_PROFILE;
		TRY(record(o, drawn.paths[0], status));
	} else if (o->diff) {
		drawn.paths[0] = parsed->operands[0];
		drawn.paths[1] = parsed->operands[1];
	} else {
		TRY(view_input(&o->view, parsed, &drawn.paths[0]));
	}
	TRY(hint_program(outfile_write(o->output, draw, &drawn), drawn.paths[0]));
	if (o->command)
		notice("the flame graph is in %s", o->output);
	return NULL;
}

static struct err *run(int argc, char **argv, int *status)
{
	struct flamegraph_options o = { 0 };
	struct parsed parsed;
	struct err *err = parse_options(&o, argc, argv, &parsed);

	*status = 0;
	if (!err && !parsed.help)
		err = flamegraph(&o, &parsed, status);
	view_options_release(&o.view);
	return err;
}

const struct command cmd_flamegraph = {
	"flamegraph",
	"draw a flame graph of await chains, as SVG or HTML",
	run,
};
