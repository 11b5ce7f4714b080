/*
 * Runs a command, samples it with registers and stack copies, and unwinds each sample with our
 * tables, with libunwind and with libdw: do they agree, and what does each cost?
 */
#include <stdio.h>
#include <time.h>

#include <aprof/options.h>

#include "tests/oracle/compare.h"

static const struct unwinder_api *const unwinders[] = { &oracle_ours, &oracle_libunwind,
							&oracle_libdw };

struct oracle {
	struct capture capture;
	struct images images;
	void *self[ARRAY_LEN(unwinders)];
	u64 passes;
	u64 least, unexplained; /* of 10000: fewer identical ones, or more unexplained, fail */
	u64 show; /* sample to print; UINT64_MAX: none */
};

static u64 cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (u64)t.tv_sec * NSEC_PER_SEC + (u64)t.tv_nsec;
}

static void show(struct oracle *o, size_t sample, const char *name, const struct trace *t)
{
	if (sample != o->show)
		return;
	printf("%s, stop %d:\n", name, t->stop);
	for (u32 i = 0; i < t->count; i++)
		printf("  %016llx %s\n", (unsigned long long)t->ip[i],
		       images_describe(&o->images, o->capture.samples.data[sample].space,
				       t->ip[i]));
}

/* Also the first pass of each: tables are built, caches filled. */
static bool compare_all(struct oracle *o)
{
	struct comparison comparisons[ARRAY_LEN(unwinders)] = { 0 };
	static struct trace ours, theirs;
	bool good = true;

	for (size_t s = 0; s < o->capture.samples.len; s++) {
		const struct taken *taken = &o->capture.samples.data[s];

		unwinders[0]->unwind(o->self[0], taken, &ours);
		show(o, s, unwinders[0]->name, &ours);
		for (size_t u = 1; u < ARRAY_LEN(unwinders); u++) {
			unwinders[u]->unwind(o->self[u], taken, &theirs);
			show(o, s, unwinders[u]->name, &theirs);
			compare(&comparisons[u], &o->images, taken, s, &ours, &theirs,
				unwinders[u]->name);
		}
	}
	for (size_t u = 1; u < ARRAY_LEN(unwinders); u++) {
		struct comparison *c = &comparisons[u];

		comparison_print(c, unwinders[u]->name);
		good &= c->same * 10000 >= o->least * (c->same + c->different);
		good &= (c->different - c->explained) * 10000 <=
			o->unexplained * (c->same + c->different);
		comparison_release(c);
	}
	return good;
}

static double pass_ns_per_frame(struct oracle *o, size_t unwinder)
{
	static struct trace trace = { .timed = true };
	u64 start = cpu_ns(), frames = 0;

	vec_each(&o->capture.samples, taken) {
		unwinders[unwinder]->unwind(o->self[unwinder], taken, &trace);
		frames += trace.count;
	}
	return frames ? (double)(cpu_ns() - start) / (double)frames : 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void time_all(struct oracle *o)
{
	double ns[64];

	for (size_t u = 0; u < ARRAY_LEN(unwinders); u++) {
		for (u64 i = 0; i < o->passes; i++)
			ns[i] = pass_ns_per_frame(o, u);
		qsort(ns, o->passes, sizeof *ns, by_value);
		printf("%s: %.1f ns a frame, median of %llu passes (%.1f to %.1f)\n",
		       unwinders[u]->name, ns[o->passes / 2], (unsigned long long)o->passes, ns[0],
		       ns[o->passes - 1]);
	}
}

static bool run(struct oracle *o)
{
	bool good;

	images_open(&o->images, o->capture.modules);
	for (size_t u = 0; u < ARRAY_LEN(unwinders); u++)
		o->self[u] = unwinders[u]->start(&o->capture, &o->images);
	printf("%zu samples\n", o->capture.samples.len);
	good = compare_all(o);
	if (o->passes)
		time_all(o);
	for (size_t u = 0; u < ARRAY_LEN(unwinders); u++)
		unwinders[u]->stop(o->self[u]);
	images_close(&o->images);
	return good;
}

int main(int argc, char **argv)
{
	static struct oracle o = { .capture.freq = 1000, .show = UINT64_MAX,
				   .unexplained = 10000 };
	u64 max = 2000, freq = 1000;
	const struct option_spec specs[] = {
		{ 'F', "freq", OPTION_U64, &freq, "HZ", "samples a second", 1, 100000 },
		{ 'n', "samples", OPTION_U64, &max, "N", "stop after so many", 1, 1000000 },
		{ 'p', "passes", OPTION_U64, &o.passes, "N", "passes to time", 1, 64 },
		{ 'l', "least", OPTION_U64, &o.least, "N",
		  "fail if fewer of 10000 stacks are identical", 0, 10000 },
		{ 'u', "unexplained", OPTION_U64, &o.unexplained, "N",
		  "fail if more of 10000 stacks differ for an unknown reason", 0, 10000 },
		{ 's', "show", OPTION_U64, &o.show, "N", "print the traces of one sample", 0,
		  UINT64_MAX },
		{ 0 },
	};
	const struct options options = {
		.usage = "unwind-oracle [options] [--] COMMAND [ARG...]",
		.summary = "Compares aprof's unwinder with libunwind and libdw on the same samples.",
		.specs = specs,
		.stop_at_operand = true,
	};
	struct parsed parsed;
	struct err *err = options_parse(&options, argc, argv, &parsed);
	bool good;

	if (!err && parsed.help)
		return 0;
	if (!err && !parsed.count)
		err = err_usage("no command to run");
	o.capture.max = (u32)max;
	o.capture.freq = freq;
	if (!err)
		err = capture_run(&o.capture, parsed.operands);
	if (err)
		return err_report(err);
	good = run(&o);
	capture_release(&o.capture);
	return good ? 0 : 1;
}
