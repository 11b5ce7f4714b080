/* `aprof diff`: two profiles compared by logical function and chain, debug with release say. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/command.h>

#include "report/render/diff.h"
#include "report/view/view.h"

struct diff_options {
	struct view_options view;
	const char *sort;
	double limit; /* share; negative: the format's own */
	bool tree, folded, normalize, no_header;
	u64 width;
};

/* One of the two, opened and gathered; names are shared by both. */
struct side {
	struct view view;
	u32 event;
};

static struct err *parse_options(struct diff_options *o, int argc, char **argv,
				 struct parsed *parsed)
{
	const struct option_spec specs[] = {
		VIEW_SYMBOL_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "What is shown (default: functions by change)" },
		{ 0, "normalize", OPTION_FLAG, &o->normalize, NULL,
		  "compare shares, for runs that did different work" },
		{ 0, "tree", OPTION_FLAG, &o->tree, NULL, "the chains of both as one tree" },
		{ 0, "folded", OPTION_FLAG, &o->folded, NULL,
		  "\"a;b;c N M\" a line, for differential flame graphs" },
		{ .kind = OPTION_HEADING, .help = "Which samples" },
		VIEW_FILTER_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "How stacks are shown" },
		VIEW_STACK_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "How text is shown" },
		{ 0, "sort", OPTION_STRING, &o->sort, "self|total",
		  "by change of time of its own, or with callees [total]" },
		VIEW_TEXT_OPTIONS(o),
		{ 0 },
	};
	const struct options options = {
		.usage = "aprof diff [options] A B",
		.summary = "Compares two profiles by logical function: what B costs where A cost "
			   "something.",
		.specs = specs,
	};

	TRY(options_parse(&options, argc, argv, parsed));
	if (!parsed->help && parsed->count != 2)
		return err_hint(err_usage("diff takes two profiles, not %d", parsed->count),
				"aprof diff before.data after.data");
	return NULL;
}

static struct err *choose_format(const struct diff_options *o, const struct diff_format **out)
{
	const char *name = o->tree ? "tree" : o->folded ? "folded" : "table";

	if (o->tree && o->folded)
		return err_usage("--tree and --folded exclude each other");
	for (*out = diff_formats; strcmp((*out)->name, name) != 0;)
		++*out;
	return NULL;
}

static struct err *open_side(struct side *side, const char *path, struct diff_options *o,
			     struct label_set *labels)
{
	struct err *err;

	TRY(view_open(&side->view, path, &o->view));
	err = view_event(&side->view, o->view.event, &side->event);
	if (!err)
		err = view_gather(&side->view, labels, &o->view, NULL, NULL);
	return err_context(err, "%s", path);
}

static const struct profile_event *event_of(const struct side *side)
{
	return &side->view.profile->events[side->event];
}

/* Times compare with times; counts only with counts of the same event. */
static void agree_on_unit(struct diff_input *in, const struct side *sides)
{
	const struct profile_event *a = event_of(&sides[0]), *b = event_of(&sides[1]);

	in->event = a->name;
	in->is_time = strcmp(a->unit, "ns") == 0 && strcmp(b->unit, "ns") == 0;
	if (in->is_time || in->normalize || strcmp(a->name, b->name) == 0)
		return;
	notice("A counts %s and B counts %s, so shares are compared, as with --normalize", a->name,
	       b->name);
	in->normalize = true;
}

static void show(const struct diff_options *o, const struct diff_format *format,
		 struct diff_input *in, const struct side *sides)
{
	struct diff diff;

	in->normalize = o->normalize;
	agree_on_unit(in, sides);
	for (int i = 0; i < 2; i++) {
		in->profiles[i] = sides[i].view.profile;
		in->qualities[i] = &sides[i].view.gathered[sides[i].event].quality;
	}
	diff_build(&diff, &sides[0].view.gathered[sides[0].event].tree,
		   &sides[1].view.gathered[sides[1].event].tree);
	in->diff = &diff;
	format->render(in);
	if (!format->for_machines)
		render_diff_summary(in);
	diff_release(&diff);
}

static struct err *compare(struct diff_options *o, const struct diff_format *format,
			   struct diff_input *in)
{
	struct side sides[2] = { 0 };
	struct label_set labels;
	struct err *err = NULL;

	labels_init(&labels);
	for (int i = 0; !err && i < 2; i++)
		err = open_side(&sides[i], in->paths[i], o, &labels);
	if (!err)
		show(o, format, in, sides);
	view_close(&sides[0].view);
	view_close(&sides[1].view);
	labels_release(&labels);
	return err;
}

static struct err *prepare(struct diff_options *o, const struct parsed *parsed,
			   struct diff_input *in)
{
	TRY(view_order(o->sort ? o->sort : "total", &in->order));
	in->paths[0] = parsed->operands[0];
	in->paths[1] = parsed->operands[1];
	in->limit = o->limit;
	o->view.names_only = true;
	o->view.gather.sites = o->view.await_lines ? GATHER_AWAITS : GATHER_NO_SITES;
	return NULL;
}

static struct err *run(int argc, char **argv, int *status)
{
	struct diff_options o = { .limit = -1, .width = VIEW_NO_WIDTH };
	const struct diff_format *format = NULL;
	struct style style;
	struct diff_input in = { .out = stdout, .style = &style };
	struct parsed parsed;
	struct err *err = parse_options(&o, argc, argv, &parsed);

	*status = 0;
	if (!err && !parsed.help) {
		view_style(&style, o.no_header, o.width);
		err = choose_format(&o, &format);
		if (!err)
			err = prepare(&o, &parsed, &in);
		if (!err)
			err = compare(&o, format, &in);
	}
	view_options_release(&o.view);
	return err;
}

const struct command cmd_diff = {
	"diff",
	"compare two profiles by logical function, debug with release say",
	run,
};
