/* aprof events: what can be sampled here, and what of the hardware is not there and why. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/command.h>
#include <aprof/options.h>
#include <aprof/text.h>

#include "profiler/perf/ability.h"
#include "profiler/perf/pfm.h"
#include "profiler/perf/sampler.h"
#include "profiler/perf/sys.h"

/* What record would open for an event (NULL: by default), tried on this very task. */
static struct err *try_event(const char *name, struct sampler **out)
{
	const u32 self = (u32)getpid();
	const struct sampler_options options = {
		.events = &name,
		.event_count = name != NULL,
		.freq = 99,
		.tids = &self,
		.tid_count = 1,
		.quiet = true,
	};

	return sampler_try(out, &options);
}

/* "yes", or why not: the name of the errno. Software and tracepoints never fall back on the clock. */
static bool opens(const char *name, char why[24])
{
	struct sampler *sampler;
	struct err *err = try_event(name, &sampler);
	bool there = !err;

	if (err) {
		char number[24];

		snprintf(why, 24, "%s",
			 err->os_errno ? ability_errno(err->os_errno, number) : "not known");
		err_free(err);
		return false;
	}
	if (sampler_event(sampler, 0).is_fallback) {
		snprintf(why, 24, "ENOENT");
		there = false;
	}
	sampler_close(sampler);
	return there;
}

/* ---- the summary ---- */

static struct err *print_default(void)
{
	struct sampler *sampler;
	const char *const *notices;

	TRY(try_event(NULL, &sampler));
	for (size_t i = 0; i < sampler_event_count(sampler); i++) {
		const struct sampler_event e = sampler_event(sampler, i);

		printf("%s %s, %s, %s\n", i ? "and                " : "Sampled by default:", e.name,
		       e.cpu_wide ? "once a CPU" : "for each task",
		       e.attr->exclude_kernel ? "user space" : "user space and kernel");
	}
	for (size_t i = 0; i < sampler_notices(sampler, &notices); i++)
		printf("  %s\n", notices[i]);
	sampler_close(sampler);
	return NULL;
}

static const char *const hardware[] = {
	"cycles",	   "instructions",     "ref-cycles",   "branches",
	"branch-misses",   "cache-references", "cache-misses", "L1-dcache-load-misses",
	"LLC-load-misses", "dTLB-load-misses", NULL,
};

static const char *const software[] = {
	"cpu-clock",	    "task-clock",
	"page-faults",	    "minor-faults",
	"major-faults",	    "context-switches",
	"cpu-migrations",   "alignment-faults",
	"emulation-faults", NULL,
};

static void print_group(const char *heading, const char *const *names)
{
	struct text there = { 0 };
	char why[24] = "";
	size_t count = 0, all = 0;

	for (; names[all]; all++) {
		if (!opens(names[all], why))
			continue;
		text_printf(&there, "%s%s", count++ ? ", " : "", names[all]);
	}
	if (count)
		printf("%-12s %s\n", heading, text_str(&there));
	else
		printf("%-12s none opens (%s)\n", heading, why);
	text_release(&there);
}

/* All tracepoints, a line each; NULL: they cannot be seen. Owned by the caller. */
static char *read_tracepoints(void)
{
	static const char *const paths[] = {
		"/sys/kernel/tracing/available_events",
		"/sys/kernel/debug/tracing/available_events",
	};
	const size_t size = 1 << 20;
	char *text = xmalloc(size);

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (perf_sys.read_file(paths[i], text, size) && *text)
			return text;
	free(text);
	return NULL;
}

static void print_tracepoints(void)
{
	AUTO_FREE char *text = read_tracepoints();
	size_t count = 0;
	char why[24];
	bool usable;

	if (!text) {
		printf("%-12s not to be seen: 'sudo mount -t tracefs nodev /sys/kernel/tracing' "
		       "shows them to root\n",
		       "Tracepoints");
		return;
	}
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		count++;
	usable = opens("sched:sched_switch", why);
	printf("%-12s %zu; sched:sched_switch %s%s%s\n", "Tracepoints", count,
	       usable ? "opens" : "does not open (", usable ? "" : why, usable ? "" : ")");
}

static void print_abilities(void)
{
	for (int i = 0; i < ABILITY_COUNT; i++) {
		struct ability_answer answer;

		ability_ask(i, &answer);
		printf("%-15s %-4s %s\n", ability_name(i), answer.there ? "yes" : "no",
		       answer.text);
		if (answer.way_out)
			printf("%21s%s\n", "", answer.way_out);
		ability_release(&answer);
	}
}

static struct err *summarise(void)
{
	const char *cpu = pfm_core_pmu();

	TRY(print_default());
	putchar('\n');
	print_group("Hardware", hardware);
	print_group("Software", software);
	print_tracepoints();
	if (cpu)
		printf("%-12s as of %s\n", "libpfm4", cpu);
	puts("'aprof events PATTERN' lists the names that match");
	putchar('\n');
	print_abilities();
	return NULL;
}

/* ---- what matches ---- */

struct search {
	const char *pattern;
	size_t found;
};

static void print_match(void *arg, const char *name, const char *description)
{
	struct search *search = arg;
	char why[24] = "";

	if (fnmatch(search->pattern, name, FNM_CASEFOLD) != 0)
		return;
	/* Tracepoints are listed by the names that perf has for them. */
	if (strcmp(description, "tracepoint") == 0 && starts_with(name, "perf::"))
		return;
	/* libpfm4 describes its names for the kernel's events by other names for them. */
	if (starts_with(description, "PERF_COUNT_"))
		description = "";
	search->found++;
	printf("%-10s  %s%s%.60s\n", opens(name, why) ? "opens" : why, name,
	       *description ? "  " : "", description);
}

static void match_tracepoints(struct search *search)
{
	AUTO_FREE char *text = read_tracepoints();
	char *rest = text, *name;

	while (rest && (name = strsep(&rest, "\n")))
		if (*name)
			print_match(search, name, "");
}

static struct err *list_matching(const char *word)
{
	AUTO_FREE char *pattern = strpbrk(word, "*?[") ? xstrdup(word) : xasprintf("*%s*", word);
	struct search search = { .pattern = pattern };

	TRY(pfm_list(print_match, &search));
	match_tracepoints(&search);
	if (search.found)
		return NULL;
	return err_hint(err_new("no event of this machine matches '%s'", word),
			"perf's spellings are taken as well, and are not listed: cpu-clock, "
			"cycles:u, cpu/event=0x3c/, r3c");
}

static struct err *run_events(int argc, char **argv, int *status)
{
	const struct option_spec specs[] = { { 0 } };
	const struct options options = {
		.usage = "aprof events [PATTERN]",
		.summary = "Lists what can be sampled here, and what of the hardware cannot.",
		.specs = specs,
		.epilogue = "PATTERN is a part of a name, in any case, or has * and ? as in a "
			    "shell. Of what matches it\nsays whether it opens here, or the errno "
			    "that refused it.",
	};
	struct parsed parsed;

	*status = 0;
	TRY(options_parse(&options, argc, argv, &parsed));
	if (parsed.help)
		return NULL;
	if (parsed.count > 1)
		return err_usage("one pattern at a time: '%s' is one too many", parsed.operands[1]);
	return parsed.count ? list_matching(parsed.operands[0]) : summarise();
}

const struct command cmd_events = {
	.name = "events",
	.summary = "list what can be sampled here",
	.run = run_events,
};
