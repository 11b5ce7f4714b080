/* `aprof export`: a profile in the format of another viewer, or as JSON. */
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/command.h>

#include "report/render/export.h"
#include "report/view/outfile.h"
#include "report/view/view.h"

struct export_options {
	struct view_options view;
	const char *format, *output;
};

static struct err *parse_options(struct export_options *o, int argc, char **argv,
				 struct parsed *parsed)
{
	const struct option_spec specs[] = {
		VIEW_INPUT_OPTIONS(&o->view),
		{ 'f', "format", OPTION_STRING, &o->format, "NAME",
		  "pprof, firefox, speedscope or json" },
		{ 'o', "output", OPTION_STRING, &o->output, "FILE",
		  "what is written; - is stdout [by format]" },
		{ .kind = OPTION_HEADING, .help = "Which samples" },
		VIEW_FILTER_OPTIONS(&o->view),
		{ .kind = OPTION_HEADING, .help = "How stacks are shown" },
		VIEW_STACK_OPTIONS(&o->view),
		{ 0 },
	};
	const struct options options = {
		.usage = "aprof export --format FORMAT [options] [FILE]",
		.summary = "Writes a profile for another viewer, or for machines.",
		.specs = specs,
		.epilogue =
			"Formats, and the file each writes:\n"
			"  pprof       aprof.pb.gz            profile.proto, for go tool pprof\n"
			"  firefox     aprof.firefox.json     Firefox Profiler\n"
			"  speedscope  aprof.speedscope.json  speedscope\n"
			"  json        aprof.json             functions, tasks and stacks",
	};

	return options_parse(&options, argc, argv, parsed);
}

static struct err *choose_format(const char *name, const struct export_format **out)
{
	for (*out = export_formats; (*out)->name; ++*out)
		if (name && strcmp((*out)->name, name) == 0)
			return NULL;
	return name ? err_usage("--format takes pprof, firefox, speedscope or json, not '%s'", name)
		    : err_usage("--format says what to write: pprof, firefox, speedscope or json");
}

/* The rows of one event, as they are gathered. */
struct collecting {
	u32 event;
	struct export_samples samples; /* `thread` is the profile's id at first */
};

static void collect(void *arg, const struct profile_row *row, u32 node,
		    const struct logical_stack *stack)
{
	struct collecting *c = arg;

	if (row->event == c->event)
		*vec_push(&c->samples) = (struct export_sample){
			row->time, row->weight, row->thread, node, stack->unsure,
		};
}

struct thread_list VEC(struct export_thread);

static int by_ids(const void *a, const void *b)
{
	const struct export_thread *l = a, *r = b;

	if (l->pid != r->pid)
		return l->pid < r->pid ? -1 : 1;
	return (l->tid > r->tid) - (l->tid < r->tid);
}

static int by_thread_time(const void *a, const void *b)
{
	const struct export_sample *l = a, *r = b;

	if (l->thread != r->thread)
		return l->thread < r->thread ? -1 : 1;
	return (l->time > r->time) - (l->time < r->time);
}

/* One thread a (pid, tid): each epoch of a file, and each name, is an id of its own. */
static void sort_threads(struct thread_list *out, const struct profile *profile)
{
	size_t kept = 0;

	for (u32 i = 0; i < profile->thread_count; i++) {
		const struct profile_thread *thread = &profile->threads[i];

		*vec_push(out) = (struct export_thread){
			.pid = thread->pid,
			.tid = thread->tid,
			.comm = thread->comm,
			.process_comm = thread->process_comm,
		};
	}
	vec_sort(out, by_ids);
	for (size_t i = 0; i < out->len; i++)
		if (!kept || by_ids(&out->data[kept - 1], &out->data[i]) != 0)
			out->data[kept++] = out->data[i];
	out->len = kept;
}

static void assign_threads(struct export_samples *samples, struct thread_list *threads,
			   const struct profile *profile)
{
	vec_each (samples, sample) {
		const struct profile_thread *of = &profile->threads[sample->thread];
		struct export_thread key = { .pid = of->pid, .tid = of->tid };
		const struct export_thread *found =
			bsearch(&key, threads->data, threads->len, sizeof *threads->data, by_ids);

		sample->thread = (u32)(found - threads->data);
		threads->data[sample->thread].count++;
	}
	for (size_t i = 1; i < threads->len; i++)
		threads->data[i].first = threads->data[i - 1].first + threads->data[i - 1].count;
	vec_sort(samples, by_thread_time);
}

static struct err *write_export(struct view *view, const struct label_set *labels,
				struct collecting *c, const struct export_format *format, FILE *out)
{
	struct thread_list threads = { 0 };
	struct export_input in = {
		.out = out,
		.profile = view->profile,
		.event = c->event,
		.labels = labels,
		.known = { view->profile, view->symbols },
		.tree = &view->gathered[c->event].tree,
		.quality = &view->gathered[c->event].quality,
	};
	struct err *err;

	sort_threads(&threads, view->profile);
	assign_threads(&c->samples, &threads, view->profile);
	in.samples = c->samples.data;
	in.sample_count = c->samples.len;
	in.threads = threads.data;
	in.thread_count = threads.len;
	err = format->write(&in);
	vec_release(&threads);
	return err;
}

/* What is written, for outfile_write(). */
struct exported {
	struct export_options *options;
	const struct export_format *format;
	const char *path;
};

static struct err *export_profile(void *arg, FILE *out)
{
	const struct exported *what = arg;
	struct view_options *options = &what->options->view;
	struct collecting c = { 0 };
	struct label_set labels;
	struct view view;
	struct err *err;

	options->gather.sites = GATHER_LINES;
	TRY(view_open(&view, what->path, options));
	labels_init(&labels);
	err = view_event(&view, options->event, &c.event);
	if (!err)
		err = view_gather(&view, &labels, options, collect, &c);
	if (!err)
		err = write_export(&view, &labels, &c, what->format, out);
	vec_release(&c.samples);
	view_close(&view);
	labels_release(&labels);
	return err;
}

static struct err *run_export(struct export_options *o, const struct parsed *parsed)
{
	struct exported what = { .options = o };

	TRY(choose_format(o->format, &what.format));
	TRY(view_input(&o->view, parsed, &what.path));
	return outfile_write(o->output ? o->output : what.format->file, export_profile, &what);
}

static struct err *run(int argc, char **argv, int *status)
{
	struct export_options o = { 0 };
	struct parsed parsed;
	struct err *err = parse_options(&o, argc, argv, &parsed);

	*status = 0;
	if (!err && !parsed.help)
		err = run_export(&o, &parsed);
	view_options_release(&o.view);
	return err;
}

const struct command cmd_export = {
	"export",
	"write a profile for pprof, Firefox Profiler, speedscope, or as JSON",
	run,
};
