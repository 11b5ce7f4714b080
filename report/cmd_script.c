/* `aprof script`: every sample by itself, as `perf script` prints it, for what reads that. */
#include <aprof/command.h>

#include "report/render/script.h"
#include "report/tree/filter.h"
#include "report/view/view.h"

struct script_options {
	struct view_options view;
	u32 fields;
	bool logical;
};

static struct err *take_fields(const char *value, void *where)
{
	return script_fields(value, where);
}

static struct err *parse_options(struct script_options *o, int argc, char **argv,
				 struct parsed *parsed)
{
	const struct option_spec specs[] = {
		VIEW_INPUT_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "Which samples" },
		{ 'e', "event", OPTION_STRING, &o->view.event, "NAME", "this event [all]" },
		VIEW_SAMPLE_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "What is printed of each" },
		{ 'F', "fields", OPTION_CALL, &o->fields, "FIELD,...",
		  "these fields; +FIELD,... adds, -FIELD,... leaves out", .call = take_fields },
		{ 0, "logical", OPTION_FLAG, &o->logical, NULL, "logical stacks [as unwound]" },
		{ 0, "glue", OPTION_FLAG, &o->view.logical.show_glue, NULL,
		  "with --logical: polls, combinators and runtimes between bodies too" },
		{ 0 },
	};
	const struct options options = {
		.usage = "aprof script [options] [FILE]",
		.summary = "Prints every sample, as `perf script` does.",
		.specs = specs,
		.epilogue = "Fields: comm, pid, tid, cpu, time, period, event, ip, sym, symoff, "
			    "dso, brstack.\nBy default all but the last.",
	};

	return options_parse(&options, argc, argv, parsed);
}

struct printing {
	struct script script;
	struct filter_ready filter;
	u32 event; /* NO_ID: all */
};

static bool print_row(void *arg, const struct profile_row *row)
{
	struct printing *p = arg;
	const struct profile *profile = p->script.profile;

	if (row->event >= profile->event_count || row->thread >= profile->thread_count ||
	    (p->event != NO_ID && row->event != p->event) || !filter_takes(&p->filter, row))
		return true;
	script_sample(&p->script, row);
	/* A reader who has seen enough (`| head`). */
	return !ferror(p->script.out);
}

static struct err *print_all(struct script_options *o, struct view *view)
{
	struct printing p = {
		.script = {
			.out = stdout,
			.profile = view->profile,
			.symbols = view->symbols,
			.logical = view->logical,
			.fields = o->fields,
			.logical_stacks = o->logical,
		},
		.event = NO_ID,
	};
	struct err *err;

	if (o->fields & SCRIPT_BRSTACK && !view->profile->branches)
		return err_hint(err_new("the profile has no branch records to print as 'brstack'"),
				"they are recorded by 'aprof record --branch-any', where the CPU "
				"has LBR");
	if (o->view.event)
		TRY(view_event(view, o->view.event, &p.event));
	TRY(filter_prepare(&p.filter, &o->view.gather.filter, view->profile));
	script_init(&p.script);
	err = profile_rows(view->profile, print_row, &p);
	script_release(&p.script);
	filter_release(&p.filter);
	return err;
}

static struct err *script(struct script_options *o, const char *path)
{
	struct view view;
	struct err *err;

	o->view.places = true;
	TRY(view_open(&view, path, &o->view));
	err = print_all(o, &view);
	view_close(&view);
	return err;
}

static struct err *run(int argc, char **argv, int *status)
{
	struct script_options o = { .fields = SCRIPT_DEFAULT_FIELDS };
	struct parsed parsed;
	const char *path = NULL;
	struct err *err = parse_options(&o, argc, argv, &parsed);

	*status = 0;
	if (!err && !parsed.help) {
		err = view_input(&o.view, &parsed, &path);
		if (!err)
			err = script(&o, path);
	}
	view_options_release(&o.view);
	return err;
}

const struct command cmd_script = {
	"script",
	"print every sample, as perf script does",
	run,
};
