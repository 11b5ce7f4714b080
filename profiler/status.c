/* The status line and the closing summary of a recording. */
#include "profiler/status.h"

#include <stdio.h>
#include <unistd.h>

#include <aprof/text.h>

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
		  "the rings were full; a larger -m, a smaller --call-graph dwarf,BYTES or a lower "
		  "-F helps" },
		{ "times throttled by the kernel", counts.throttled, "a lower -F helps" },
		{ "stacks deeper than the copy", q->by_stop[STOP_COPY_END],
		  s->options->sampling.call_graph != CALL_GRAPH_DWARF ? NULL :
		  sampler_stack_bytes(s->sampler) < 65000 ?
			  "--call-graph dwarf,65528 copies more" :
			  "they end in [truncated]; a release build has smaller frames" },
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
	if (s->options->verbose)
		pipeline_print_tables(s->pipeline);
}
