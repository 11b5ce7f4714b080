/* The status line and the closing summary of a recording. */
#include "profiler/session/status.h"

#include <stdio.h>
#include <unistd.h>

#include <aprof/text.h>

#include "profiler/perf/switch_cost.h"

void status_show(struct session *s, bool last)
{
	const struct file_quality *q;
	u64 now = session_now();
	char size[16];

	if (s->options->quiet || !isatty(STDERR_FILENO))
		return;
	if (last) {
		if (s->shown)
			fputs("\r\033[K", stderr);
		return;
	}
	if (now - (s->shown ? s->shown : s->started) < NSEC_PER_SEC)
		return;
	s->shown = now;
	q = pipeline_quality(s->pipeline);
	fprintf(stderr, "\r\033[K%llu s  %llu samples  %llu lost  %s",
		(unsigned long long)((now - s->started) / NSEC_PER_SEC),
		(unsigned long long)q->samples, (unsigned long long)q->lost,
		format_size(store_bytes_written(s->store), size));
	fflush(stderr);
}

struct trouble {
	const char *what;
	u64 count;
	const char *help; /* NULL: nothing can be done by the user */
};

static void print_trouble(const struct trouble *t, u64 samples)
{
	fprintf(stderr, "aprof: %llu %s (%.1f %%)%s%s\n", (unsigned long long)t->count, t->what,
		samples ? 100.0 * (double)t->count / (double)samples : 0.0, t->help ? ": " : "",
		t->help ? t->help : "");
}

/* What a busy target switches for other reasons is not worth a line. */
#define SWITCHES_WORTH 500 /* a second of its CPU */
#define SHARE_WORTH 2.0 /* per cent of its CPU */
#define MISSING_WORTH 5.0 /* per cent of its samples; CPU time is counted more coarsely than that */

static const char *clock_help(const struct session *s)
{
	return s->options->sampling.clock == CLOCK_TASK ?
		       "without --clock task there is one clock a CPU" :
		       "one clock a CPU does neither, and needs CAP_PERFMON or 'sudo sysctl "
		       "kernel.perf_event_paranoid=0'; a lower -F costs less";
}

/* Of the samples that the target's CPU time calls for, those that did not come, in per cent. */
static double missing_share(const struct session *s)
{
	const struct perf_event_attr *attr = sampler_event(s->sampler, 0).attr;
	double period = attr->freq ? 1e9 / (double)attr->sample_freq : (double)attr->sample_period;

	if (attr->exclude_kernel || attr->exclude_user || sampler_event_count(s->sampler) != 1)
		return 0;
	return 100 - 100 * (double)s->switches.samples * period / (double)s->switches.cpu_ns;
}

/*
 * A clock that belongs to a task is stopped and started at its switches, and does not run meanwhile.
 * A server pays for that and is sampled too seldom; a busy loop does not notice. How much it pays has a
 * bound only: between two threads that inherited the same events the kernel swaps these instead
 * (perf_event_context_sched_out() in kernel/events/core.c).
 */
static void print_switch_cost(struct session *s)
{
	struct switches *w = &s->switches;
	double each_ns, share, missing;

	if (sampler_is_cpu_wide(s->sampler))
		return;
	if (s->options->command)
		switches_of_children(w, s->stopped - s->started, s->quality.samples);
	if (!w->cpu_ns || !w->wall_ns || w->count < SWITCHES_WORTH * w->cpu_ns / NSEC_PER_SEC)
		return;
	each_ns = (double)sampler_switch_ns(s->sampler);
	share = 100.0 * (double)w->count * each_ns / (double)w->cpu_ns;
	missing = missing_share(s);
	if (share < SHARE_WORTH && missing < MISSING_WORTH)
		return;
	fprintf(stderr,
		"aprof: the target switches tasks %.0f times a second; where its clock starts anew, that "
		"takes %.1f us: at most %.0f %% of its CPU",
		(double)w->count * 1e9 / (double)w->wall_ns, each_ns / 1e3, share < 99 ? share : 99);
	if (missing > MISSING_WORTH)
		fprintf(stderr, ", and %.0f %% of its samples did not come", missing);
	fprintf(stderr, "; %s\n", clock_help(s));
}

/* Events of whole CPUs see all that runs there. */
static void print_records(const struct session *s, const struct sampler_counts *counts)
{
	const char *why;
	bool sifts = sampler_sifts(s->sampler, &why);

	fprintf(stderr, "aprof: %llu records read", (unsigned long long)counts->records);
	if (sifts)
		fputs("; the kernel kept back other programs' samples", stderr);
	else if (why)
		fprintf(stderr, "; other programs' samples among them, as there is %s", why);
	fputc('\n', stderr);
}

static void print_copies(const struct session *s)
{
	const struct depth *d = &s->depth;
	char size[16];

	if (!d->bytes)
		return;
	fprintf(stderr, "aprof: %s of each stack copied from %.1f s on",
		format_size(d->bytes, size), (double)d->since / 1e9);
	if (d->until)
		fprintf(stderr, ", and all that fits again from %.1f s on, as one was deeper",
			(double)d->until / 1e9);
	fputc('\n', stderr);
}

void status_summary(struct session *s, const struct err *err)
{
	const struct file_quality *q = &s->quality;
	struct sampler_counts counts = sampler_counts(s->sampler);
	u64 failed = 0;
	char size[16];

	if (s->options->quiet)
		return;
	for (int i = STOP_NO_RULE; i < STOP_COUNT; i++)
		if (i != STOP_NO_STACK)
			failed += q->by_stop[i];
	const struct trouble troubles[] = {
		{ "records lost", counts.lost + counts.lost_samples,
		  s->options->realtime ?
			  "the rings were full; a larger -m, a smaller --call-graph dwarf,BYTES or a "
			  "lower -F helps" :
			  "the rings were full; --realtime, a larger -m, a smaller --call-graph "
			  "dwarf,BYTES or a lower -F helps" },
		{ "times throttled by the kernel", counts.throttled, "a lower -F helps" },
		{ "stacks deeper than the copy", q->by_stop[STOP_COPY_END],
		  s->options->sampling.call_graph != CALL_GRAPH_DWARF ? NULL :
		  sampler_stack_bytes(s->sampler) < 65000 ?
			  "--call-graph dwarf,65528 copies more" :
			  "they end in [truncated]; a release build has smaller frames, and one with "
			  "-C force-frame-pointers needs no copy: --call-graph fp" },
		{ "stacks that could not be unwound to their start", failed,
		  "`aprof info` lists the reasons" },
		{ "records malformed", counts.malformed, NULL },
	};

	fprintf(stderr, "aprof: %s %llu samples in %.1f s, %s in %s\n",
		err ? "kept" : "recorded", (unsigned long long)q->samples,
		(double)(s->stopped - s->started) / 1e9, format_size(s->written, size),
		s->output.path);
	for (size_t i = 0; i < ARRAY_LEN(troubles); i++)
		if (troubles[i].count)
			print_trouble(&troubles[i], q->samples);
	print_switch_cost(s);
	if (s->options->verbose) {
		print_records(s, &counts);
		print_copies(s);
		pipeline_print_tables(s->pipeline);
	}
}
