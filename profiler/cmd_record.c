/* aprof record: the command line of a recording. */
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/command.h>
#include <aprof/options.h>
#include <aprof/text.h>

#include "profiler/session/session.h"

/* What is parsed here; the rest goes straight into the session's options. */
struct record_options {
	struct session_options session;
	struct VEC(const char *) events;
	u64 mmap_pages;
	bool period_set, freq_set;
};

static void release(struct record_options *o)
{
	vec_release(&o->session.pids);
	vec_release(&o->session.tids);
	vec_release(&o->events);
}

static struct err *set_event(const char *value, void *where)
{
	struct record_options *o = where;

	*vec_push(&o->events) = value;
	return NULL;
}

/* What follows "dwarf": ",16384", ",lbr", ",16384,lbr". */
static struct err *set_dwarf(const char *rest, struct sampler_options *s)
{
	AUTO_FREE char *list = xstrdup(rest);
	char *words = list, *word;
	u64 bytes;

	s->call_graph = CALL_GRAPH_DWARF;
	strsep(&words, ",");
	while ((word = strsep(&words, ","))) {
		if (strcmp(word, "lbr") == 0) {
			s->call_graph = CALL_GRAPH_DWARF_LBR;
			continue;
		}
		TRY(parse_size(word, "--call-graph dwarf", &bytes));
		/* The kernel takes multiples of 8 below 64 KiB (a record's size is 16 bits). */
		if (bytes < 512 || bytes > 65528)
			return err_usage("--call-graph dwarf copies from 512 to 65528 bytes, not %s",
					 word);
		s->stack_bytes = (u32)(bytes & ~7ull);
	}
	return NULL;
}

static struct err *set_call_graph(const char *value, void *where)
{
	static const struct {
		const char *name;
		enum call_graph graph;
	} graphs[] = {
		{ "auto", CALL_GRAPH_DWARF }, { "dwarf", CALL_GRAPH_DWARF },
		{ "fp", CALL_GRAPH_FP },      { "lbr", CALL_GRAPH_LBR },
		{ "none", CALL_GRAPH_NONE },  { "no", CALL_GRAPH_NONE },
	};
	struct sampler_options *s = where;

	s->stack_bytes = 0;
	for (size_t i = 0; i < ARRAY_LEN(graphs); i++) {
		if (strcmp(value, graphs[i].name) == 0) {
			s->call_graph = graphs[i].graph;
			return NULL;
		}
	}
	if (starts_with(value, "dwarf,"))
		return set_dwarf(value, s);
	return err_hint(err_usage("unknown call graph '%s'", value),
			"one of auto, dwarf[,BYTES][,lbr], lbr, fp, none");
}

/* perf's names of kinds of branches, and whose: "any_call,u". */
static struct err *set_branch_filter(const char *value, void *where)
{
	static const struct {
		const char *name;
		u64 bits;
	} filters[] = {
		{ "any", PERF_SAMPLE_BRANCH_ANY },
		{ "any_call", PERF_SAMPLE_BRANCH_ANY_CALL },
		{ "any_ret", PERF_SAMPLE_BRANCH_ANY_RETURN },
		{ "call", PERF_SAMPLE_BRANCH_CALL },
		{ "ind_call", PERF_SAMPLE_BRANCH_IND_CALL },
		{ "ind_jmp", PERF_SAMPLE_BRANCH_IND_JUMP },
		{ "cond", PERF_SAMPLE_BRANCH_COND },
		{ "in_tx", PERF_SAMPLE_BRANCH_IN_TX },
		{ "no_tx", PERF_SAMPLE_BRANCH_NO_TX },
		{ "abort_tx", PERF_SAMPLE_BRANCH_ABORT_TX },
		{ "u", PERF_SAMPLE_BRANCH_USER },
		{ "k", PERF_SAMPLE_BRANCH_KERNEL },
		{ "hv", PERF_SAMPLE_BRANCH_HV },
	};
	struct sampler_options *s = where;
	AUTO_FREE char *list = xstrdup(value);
	char *words = list, *word;

	s->branch_any = true;
	while ((word = strsep(&words, ","))) {
		size_t i = 0;

		while (i < ARRAY_LEN(filters) && strcmp(word, filters[i].name) != 0)
			i++;
		if (i == ARRAY_LEN(filters))
			return err_hint(err_usage("unknown kind of branch '%s'", word),
					"one of any, any_call, any_ret, call, ind_call, ind_jmp, cond, "
					"in_tx, no_tx, abort_tx; of u, k or hv. Call stacks are "
					"--call-graph lbr");
		s->branch_filter |= filters[i].bits;
	}
	return NULL;
}

/* -g: call graphs as they are by default; perf's users type it. */
static struct err *set_default_graph(const char *value, void *where)
{
	(void)value;
	return set_call_graph("auto", where);
}

static struct err *set_clock(const char *value, void *where)
{
	static const char *const names[] = {
		[CLOCK_AUTO] = "auto", [CLOCK_CPU] = "cpu", [CLOCK_TASK] = "task"
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			*(enum clock_mode *)where = (enum clock_mode)i;
			return NULL;
		}
	}
	return err_hint(err_usage("unknown clock '%s'", value), "one of auto, cpu, task");
}

/* A list of ids: "12,34". */
static struct err *add_ids(const char *value, const char *what, struct thread_ids *out)
{
	AUTO_FREE char *list = xstrdup(value);
	char *rest = list, *word;
	u64 id;

	while ((word = strsep(&rest, ","))) {
		TRY(parse_u64(word, what, 1, INT32_MAX, &id));
		*vec_push(out) = (u32)id;
	}
	return NULL;
}

static struct err *add_pids(const char *value, void *where)
{
	return add_ids(value, "-p", where);
}

static struct err *add_tids(const char *value, void *where)
{
	return add_ids(value, "-t", where);
}

/* perf takes plain numbers as milliseconds here. */
static struct err *set_delay(const char *value, void *where)
{
	u64 *delay = where;

	TRY(parse_duration(value, "-D", delay));
	if (strspn(value, "0123456789.") == strlen(value))
		*delay /= 1000;
	return NULL;
}

static struct err *set_freq(const char *value, void *where)
{
	struct record_options *o = where;

	o->freq_set = true;
	return parse_u64(value, "-F", 1, 1000000, &o->session.sampling.freq);
}

static struct err *set_period(const char *value, void *where)
{
	struct record_options *o = where;

	o->period_set = true;
	return parse_u64(value, "-c", 1, UINT64_MAX >> 1, &o->session.sampling.period);
}

static struct err *parse(struct record_options *o, int argc, char **argv, struct parsed *parsed)
{
	struct session_options *s = &o->session;
	struct sampler_options *p = &s->sampling;
	const struct option_spec specs[] = {
		{ .kind = OPTION_HEADING, .help = "What to profile" },
		{ 'p', "pid", OPTION_CALL, &s->pids, "PID[,PID]", "running processes, with all threads",
		  .call = add_pids },
		{ 't', "tid", OPTION_CALL, &s->tids, "TID[,TID]", "running threads", .call = add_tids },
		{ 'a', "all-cpus", OPTION_FLAG, &p->system_wide, NULL, "everything on the machine" },
		{ 0, "no-inherit", OPTION_FLAG, &p->no_inherit, NULL,
		  "not the threads and processes that it starts" },
		{ 0, "all-user", OPTION_FLAG, &p->all_user, NULL, "only user space" },
		{ 0, "all-kernel", OPTION_FLAG, &p->all_kernel, NULL, "only the kernel" },
		{ .kind = OPTION_HEADING, .help = "How" },
		{ 'F', "freq", OPTION_CALL, o, "HZ", "samples a second (999)", .call = set_freq },
		{ 'c', "count", OPTION_CALL, o, "N", "one sample every N events instead",
		  .call = set_period },
		{ 'e', "event", OPTION_CALL, o, "NAME", "the event to sample (the best cycles event)",
		  .call = set_event },
		{ 'g', NULL, OPTION_CALL, p, NULL, "record call graphs (they are by default)",
		  .call = set_default_graph },
		{ 0, "call-graph", OPTION_CALL, p, "MODE",
		  "auto, dwarf[,BYTES][,lbr], lbr, fp or none", .call = set_call_graph },
		{ 'b', "branch-any", OPTION_FLAG, &p->branch_any, NULL,
		  "record the last branches before each sample" },
		{ 'j', "branch-filter", OPTION_CALL, p, "KIND[,u]",
		  "of them these: any_call, any_ret, cond...", .call = set_branch_filter },
		{ 0, "clock", OPTION_CALL, &p->clock, "MODE",
		  "clock events a CPU, a task or what is best (auto)", .call = set_clock },
		{ 'm', "mmap-pages", OPTION_U64, &o->mmap_pages, "N", "pages of each CPU's ring",
		  .min = 1, .max = 1 << 20 },
		{ 0, "realtime", OPTION_FLAG, &s->realtime, NULL,
		  "drain before all ordinary work (needs CAP_SYS_NICE)" },
		{ .kind = OPTION_HEADING, .help = "When" },
		{ 'D', "delay", OPTION_CALL, &s->delay_ns, "MS", "start sampling so much later",
		  .call = set_delay },
		{ 0, "duration", OPTION_DURATION, &s->duration_ns, "TIME",
		  "stop after so long (10s), ending a COMMAND with SIGTERM" },
		{ .kind = OPTION_HEADING, .help = "Output" },
		{ 'o', "output", OPTION_STRING, &s->output, "FILE",
		  "the profile (aprof.data); - is standard output" },
		{ 'q', "quiet", OPTION_FLAG, &s->quiet, NULL, "say nothing but errors" },
		{ 'v', "verbose", OPTION_COUNT, &s->verbose, NULL, "say more" },
		{ 0 }
	};
	const struct options options = {
		.usage = "aprof record [options] [--] COMMAND [ARG...]\n"
			 "       aprof record [options] -p PID | -t TID | -a",
		.summary = "Samples a program's stacks into a profile.",
		.specs = specs,
		.epilogue = "The exit status is the COMMAND's own.",
		.stop_at_operand = true,
	};

	return options_parse(&options, argc, argv, parsed);
}

static struct err *check(struct record_options *o, const struct parsed *parsed)
{
	struct session_options *s = &o->session;
	bool attach = s->pids.len || s->tids.len || s->sampling.system_wide;

	if (o->freq_set && o->period_set)
		return err_usage("-F and -c exclude each other");
	if (s->sampling.all_user && s->sampling.all_kernel)
		return err_usage("--all-user and --all-kernel exclude each other");
	if (s->sampling.branch_any && (s->sampling.call_graph == CALL_GRAPH_LBR ||
				       s->sampling.call_graph == CALL_GRAPH_DWARF_LBR))
		return err_hint(err_usage("-b and --call-graph lbr exclude each other"),
				"LBR records the last branches or calls that have not returned");
	if (parsed->count && (s->pids.len || s->tids.len))
		return err_usage("a COMMAND and -p or -t exclude each other");
	if (!parsed->count && !attach)
		return err_hint(err_usage("nothing to profile"),
				"give a COMMAND, -p PID or -a; see 'aprof record --help'");
	if (parsed->count)
		s->command = parsed->operands;
	return NULL;
}

static struct err *run_record(int argc, char **argv, int *status)
{
	CLEANUP(release) struct record_options o = {
		.session = { .output = "aprof.data", .sampling = { .freq = 999 } },
	};
	struct parsed parsed;

	TRY(parse(&o, argc, argv, &parsed));
	if (parsed.help)
		return NULL;
	TRY(check(&o, &parsed));
	o.session.sampling.events = o.events.data;
	o.session.sampling.event_count = o.events.len;
	o.session.sampling.mmap_pages = (u32)o.mmap_pages;
	if (o.session.quiet)
		notice_quiet(true);
	return session_run(&o.session, status);
}

const struct command cmd_record = {
	.name = "record",
	.summary = "sample a program's stacks into a profile",
	.run = run_record,
};
