/*
 * Every request on every machine: which attr opens in the end, and what is said about it.
 *
 * Each row is printed as it came out, so that the output reads as the table of fallbacks.
 */
#include "profiler/perf/sampler.h"

#include "tests/unit/check.h"
#include "tests/unit/standin.h"

struct request {
	const char *event; /* NULL: the default */
	enum call_graph graph;
	bool branch_any;
	u64 branch_filter;
	bool system_wide, all_user, all_kernel;
	enum clock_mode clock;
};

static const char *const graphs[] = { "dwarf", "fp", "none", "lbr", "dwarf,lbr" };

/* One event, and what must hold of all. */
static size_t describe_event(const struct sampler_event *e, char *out, size_t size)
{
	const struct perf_event_attr *a = e->attr;

	CHECK(a->disabled && a->sample_id_all && a->exclude_idle == e->is_clock);
	CHECK_EQ(a->enable_on_exec, !e->cpu_wide);
	CHECK_EQ(a->inherit, !e->cpu_wide);
	CHECK(!(a->type == PERF_TYPE_SOFTWARE && a->precise_ip));
	if (e->call_graph == CALL_GRAPH_DWARF || e->call_graph == CALL_GRAPH_DWARF_LBR)
		CHECK(a->sample_stack_user >= 4096 && a->sample_regs_user);
	/* Under PEBS the interrupted IP comes as the head of the user chain. */
	if (a->precise_ip && e->call_graph != CALL_GRAPH_NONE)
		CHECK(a->sample_type & PERF_SAMPLE_CALLCHAIN && !a->exclude_callchain_user);
	return (size_t)snprintf(out, size, "%s precise=%u %s%s %s %s%s%s%s", e->name, a->precise_ip,
				a->exclude_user ? "" : "user",
				a->exclude_kernel ? ""
				: a->exclude_user ? "kernel"
						  : "+kernel",
				e->cpu_wide ? "cpu" : "task", graphs[e->call_graph],
				a->sample_type & PERF_SAMPLE_BRANCH_STACK ? " branches" : "",
				a->branch_sample_type & PERF_SAMPLE_BRANCH_HW_INDEX ? " index"
										    : "",
				a->branch_sample_type == (PERF_SAMPLE_BRANCH_ANY |
							  PERF_SAMPLE_BRANCH_USER)
					? " any:u"
					: "");
}

/* The events as they opened, "cycles:ppp precise=3 user+kernel task dwarf", or the error; and what
   was said. */
static void describe(const struct request *request, char *out, size_t size, char *said)
{
	struct sampler_options options = {
		.events = &request->event,
		.event_count = request->event != NULL,
		.freq = 999,
		.call_graph = request->graph,
		.branch_any = request->branch_any,
		.branch_filter = request->branch_filter,
		.all_user = request->all_user,
		.all_kernel = request->all_kernel,
		.clock = request->clock,
		.system_wide = request->system_wide,
		.tids = (const u32[]){ 4711 },
		.tid_count = 1,
		.enable_on_exec = true,
	};
	const char *const *texts;
	struct sampler *sampler;
	struct err *err = sampler_open(&sampler, &options);
	size_t len = 0;

	said[0] = '\0';
	if (err) {
		snprintf(out, size, "error: %s", err->message);
		CHECK(err->hint != NULL);
		err_free(err);
		CHECK_EQ(standin_leaks(), 0);
		return;
	}
	for (size_t i = 0; i < sampler_event_count(sampler); i++) {
		const struct sampler_event event = sampler_event(sampler, i);

		if (i)
			len += (size_t)snprintf(out + len, size - len, "; ");
		len += describe_event(&event, out + len, size - len);
	}
	for (size_t i = 0; i < sampler_notices(sampler, &texts); i++)
		sprintf(said + strlen(said), "%s%s", i ? "; " : "", texts[i]);
	/* What is missing is one line, however much that is. */
	CHECK(sampler_notices(sampler, &texts) <= 1);
	err = sampler_enable(sampler);
	CHECK(!err);
	sampler_close(sampler);
	CHECK_EQ(standin_leaks(), 0);
}

struct row {
	int machine;
	struct request request;
	const char *want; /* what describe() gives */
	const char *notice; /* part of what is said; NULL: nothing may be said */
};

#define NO_PMU "no hardware cycles event here"
#define NO_LBR "no LBR call stacks"

static const struct row rows[] = {
	/* The default: the most precise cycles event there is, else the clock. */
	{ SANDY_BRIDGE, { 0 }, "cycles:pp precise=2 user+kernel task dwarf", NULL },
	{ HASWELL, { 0 }, "cycles:ppp precise=3 user+kernel task dwarf", NULL },
	{ SKYLAKE, { 0 }, "cycles:ppp precise=3 user+kernel task dwarf", NULL },
	{ ICE_LAKE, { 0 }, "cycles:ppp precise=3 user+kernel task dwarf", NULL },
	{ SAPPHIRE_RAPIDS, { 0 }, "cycles:ppp precise=3 user+kernel task dwarf", NULL },
	{ HYBRID,
	  { 0 },
	  "cpu_core/cycles/ppp precise=3 user+kernel task dwarf; "
	  "cpu_atom/cycles/ppp precise=3 user+kernel task dwarf",
	  NULL },
	{ ZEN3, { 0 }, "cycles:pp precise=2 user+kernel task dwarf", NULL },
	{ ZEN4, { 0 }, "cycles:pp precise=2 user+kernel task dwarf", NULL },
	{ VM, { 0 }, "cpu-clock precise=0 user+kernel cpu dwarf", NO_PMU },
	{ OLD_VM, { 0 }, "cpu-clock precise=0 user+kernel cpu dwarf", NO_PMU },

	/* IBS cannot leave out the kernel: user space alone is sampled by the counter. */
	{ ZEN3, { .all_user = true }, "cycles precise=0 user task dwarf", NULL },
	{ SKYLAKE, { .all_user = true }, "cycles:ppp precise=3 user task dwarf", NULL },
	{ SKYLAKE, { .all_kernel = true }, "cycles:ppp precise=3 kernel task dwarf", NULL },
	{ SKYLAKE, { .system_wide = true }, "cycles:ppp precise=3 user+kernel cpu dwarf", NULL },

	/* More precise than the hardware: less, and said. */
	{ SANDY_BRIDGE,
	  { "cycles:ppp" },
	  "cycles:pp precise=2 user+kernel task dwarf",
	  "precise=2" },
	{ ZEN4, { "cycles:ppp" }, "cycles:pp precise=2 user+kernel task dwarf", "precise=2" },
	{ SKYLAKE, { "cycles:pp" }, "cycles:pp precise=2 user+kernel task dwarf", NULL },
	{ SKYLAKE, { "cycles:P" }, "cycles:ppp precise=3 user+kernel task dwarf", NULL },
	{ SKYLAKE, { "cycles" }, "cycles precise=0 user+kernel task dwarf", NULL },
	{ VM, { "cycles:pp" }, "cpu-clock precise=0 user+kernel cpu dwarf", NO_PMU },

	/* LBR call stacks, where the kernel says the index and where it does not. */
	{ HASWELL,
	  { .graph = CALL_GRAPH_LBR },
	  "cycles:ppp precise=3 user+kernel task lbr branches",
	  "not stitched" },
	{ SANDY_BRIDGE,
	  { .graph = CALL_GRAPH_LBR },
	  "cycles:pp precise=2 user+kernel task dwarf",
	  NO_LBR },
	{ ICE_LAKE,
	  { .graph = CALL_GRAPH_LBR },
	  "cycles:ppp precise=3 user+kernel task lbr branches index",
	  NULL },
	{ ICE_LAKE,
	  { .graph = CALL_GRAPH_DWARF_LBR },
	  "cycles:ppp precise=3 user+kernel task dwarf,lbr branches index",
	  NULL },
	{ HYBRID,
	  { .graph = CALL_GRAPH_LBR },
	  "cpu_core/cycles/ppp precise=3 user+kernel task lbr branches index; "
	  "cpu_atom/cycles/ppp precise=3 user+kernel task lbr branches index",
	  NULL },
	{ ZEN3, { .graph = CALL_GRAPH_LBR }, "cycles:pp precise=2 user+kernel task dwarf", NO_LBR },
	{ ZEN4,
	  { .graph = CALL_GRAPH_DWARF_LBR },
	  "cycles:pp precise=2 user+kernel task dwarf",
	  NO_LBR },
	{ VM,
	  { "cpu-clock", .graph = CALL_GRAPH_LBR },
	  "cpu-clock precise=0 user+kernel cpu dwarf",
	  NO_LBR },
	{ VM,
	  { .graph = CALL_GRAPH_LBR },
	  "cpu-clock precise=0 user+kernel cpu dwarf",
	  NO_PMU " (No such file or directory), so no LBR call stacks" },
	{ VM,
	  { .graph = CALL_GRAPH_DWARF_LBR },
	  "cpu-clock precise=0 user+kernel cpu dwarf",
	  "so no LBR call stacks" },
	{ SKYLAKE,
	  { .graph = CALL_GRAPH_LBR },
	  "cycles:ppp precise=3 user+kernel task lbr branches",
	  "not stitched" },
	{ SAPPHIRE_RAPIDS,
	  { .graph = CALL_GRAPH_LBR },
	  "cycles:ppp precise=3 user+kernel task lbr branches index",
	  NULL },
	{ SAPPHIRE_RAPIDS,
	  { .graph = CALL_GRAPH_DWARF_LBR },
	  "cycles:ppp precise=3 user+kernel task dwarf,lbr branches index",
	  NULL },

	/* Any branches: Zen 4 has them without precision only. */
	{ SKYLAKE,
	  { .branch_any = true, .graph = CALL_GRAPH_NONE },
	  "cycles:ppp precise=3 user+kernel task none branches",
	  NULL },
	{ ZEN4,
	  { .branch_any = true, .graph = CALL_GRAPH_NONE },
	  "cycles precise=0 user+kernel task none branches",
	  NULL },
	{ ZEN3,
	  { .branch_any = true, .graph = CALL_GRAPH_NONE },
	  "cycles:pp precise=2 user+kernel task none",
	  "no branch records" },

	{ SAPPHIRE_RAPIDS,
	  { .branch_any = true, .branch_filter = PERF_SAMPLE_BRANCH_USER },
	  "cycles:ppp precise=3 user+kernel task dwarf branches any:u",
	  NULL },
	{ SKYLAKE,
	  { .branch_any = true, .branch_filter = PERF_SAMPLE_BRANCH_ANY_CALL },
	  "cycles:ppp precise=3 user+kernel task dwarf branches",
	  NULL },
	{ VM,
	  { .branch_any = true },
	  "cpu-clock precise=0 user+kernel cpu dwarf",
	  NO_PMU " (No such file or directory), so no branch records" },

	/* Clocks: a CPU, a task, or as asked. */
	{ SKYLAKE, { "cpu-clock" }, "cpu-clock precise=0 user+kernel cpu dwarf", NULL },
	{ SKYLAKE,
	  { "cpu-clock:u", .clock = CLOCK_TASK },
	  "cpu-clock:u precise=0 user task dwarf",
	  NULL },
	{ SKYLAKE,
	  { "cpu-clock,cycles:p", .graph = CALL_GRAPH_FP },
	  "cpu-clock precise=0 user+kernel cpu fp; cycles:p precise=1 user+kernel task fp",
	  NULL },

	/* Other spellings. */
	{ SKYLAKE,
	  { "cpu/event=0xc4,umask=0x20/pp" },
	  "cpu/event=0xc4,umask=0x20/pp precise=2 user+kernel task dwarf",
	  NULL },
	{ SKYLAKE, { "r20c4" }, "r20c4 precise=0 user+kernel task dwarf", NULL },
	{ HYBRID, { "r20c4" }, "r20c4 precise=0 user+kernel task dwarf", NULL },
	{ VM,
	  { "sched:sched_switch" },
	  "sched:sched_switch precise=0 user+kernel task dwarf",
	  NULL },

	/* What cannot be. */
	{ VM,
	  { "instructions" },
	  "error: this machine cannot sample 'instructions': "
	  "No such file or directory",
	  NULL },
	{ VM, { "cpu/event=1/" }, "error: this machine has no PMU 'cpu'", NULL },
	{ SKYLAKE, { "cpu/event=0x1ff/" }, "error: event=0x1ff is too large for the PMU cpu", NULL },
	{ SKYLAKE, { "cpu/nonsense/" }, "error: the PMU cpu knows no 'nonsense'", NULL },
	{ SKYLAKE, { "nonsense" }, "error: unknown event 'nonsense': event not found", NULL },
};

static void test_machines(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		char got[1024], said[2048];

		standin_become(&machines[row->machine]);
		describe(&row->request, got, sizeof got, said);
		printf("%-16s %-28s %-9s%s -> %s%s%s\n", machines[row->machine].name,
		       row->request.event ? row->request.event : "(default)",
		       graphs[row->request.graph], row->request.branch_any ? " -b" : "", got,
		       said[0] ? "; said: " : "", said);
		check_that_(!strcmp(got, row->want), __FILE__, __LINE__,
			    "row %zu (%s): got \"%s\", want \"%s\"", i, machines[row->machine].name,
			    got, row->want);
		check_that_(row->notice ? strstr(said, row->notice) != NULL : !said[0], __FILE__,
			    __LINE__, "row %zu: said \"%s\"", i, said);
	}
}

struct right {
	long paranoid;
	bool capable, seccomp;
	struct request request;
	const char *want, *notice;
};

#define KERNEL_KEPT "no right to sample the kernel"

static const struct right rights[] = {
	{ 2, true, false, { "cpu-clock" }, "cpu-clock precise=0 user+kernel cpu dwarf", NULL },
	{ -1, false, false, { "cpu-clock" }, "cpu-clock precise=0 user+kernel cpu dwarf", NULL },
	{ 0, false, false, { "cpu-clock" }, "cpu-clock precise=0 user+kernel cpu dwarf", NULL },
	{ 1, false, false, { "cpu-clock" }, "cpu-clock precise=0 user+kernel task dwarf", NULL },
	{ 2, false, false, { "cpu-clock" }, "cpu-clock precise=0 user task dwarf", KERNEL_KEPT },
	{ 2, false, false, { 0 }, "cycles:ppp precise=3 user task dwarf", KERNEL_KEPT },
	{ 2, false, false, { .all_user = true }, "cycles:ppp precise=3 user task dwarf", NULL },
	{ 2,
	  false,
	  false,
	  { .graph = CALL_GRAPH_LBR },
	  "cycles:ppp precise=3 user task lbr branches index",
	  KERNEL_KEPT },
	{ 1,
	  false,
	  false,
	  { "cpu-clock", .clock = CLOCK_CPU },
	  "error: no right to sample whole CPUs (kernel.perf_event_paranoid is 1): "
	  "Permission denied",
	  NULL },
	{ 1,
	  false,
	  false,
	  { .system_wide = true },
	  "error: no right to sample whole CPUs (kernel.perf_event_paranoid is 1): "
	  "Permission denied",
	  NULL },
	{ 2,
	  false,
	  false,
	  { .all_kernel = true },
	  "error: no right to sample the kernel (kernel.perf_event_paranoid is 2): "
	  "Permission denied",
	  NULL },
	{ 3,
	  false,
	  false,
	  { 0 },
	  "error: perf_event_open is kept from ordinary users (kernel.perf_event_paranoid is 3): "
	  "Permission denied",
	  NULL },
	{ 2,
	  true,
	  true,
	  { 0 },
	  "error: perf_event_open is not allowed here: "
	  "Operation not permitted",
	  NULL },
};

static void test_rights(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
		struct machine machine = machines[ICE_LAKE];
		char got[1024], said[2048];

		machine.paranoid = rights[i].paranoid;
		machine.capable = rights[i].capable;
		machine.seccomp = rights[i].seccomp;
		standin_become(&machine);
		describe(&rights[i].request, got, sizeof got, said);
		printf("paranoid %2ld%s -> %s\n", rights[i].paranoid,
		       rights[i].capable ? " capable" : "", got);
		check_that_(!strcmp(got, rights[i].want), __FILE__, __LINE__,
			    "right %zu: got \"%s\", want \"%s\"", i, got, rights[i].want);
		check_that_(rights[i].notice ? strstr(said, rights[i].notice) != NULL : !said[0],
			    __FILE__, __LINE__, "right %zu: said \"%s\"", i, said);
	}
}

static struct sampler *open_clock(enum clock_mode clock, u32 tids, struct err **err)
{
	u32 *list = calloc(tids, sizeof *list);
	struct sampler_options options = {
		.freq = 999,
		.events = (const char *const[]){ "cpu-clock" },
		.event_count = 1,
		.clock = clock,
		.tids = list,
		.tid_count = tids,
	};
	struct sampler *sampler = NULL;

	for (u32 i = 0; i < tids; i++)
		list[i] = 100 + i;
	*err = sampler_open(&sampler, &options);
	free(list);
	return sampler;
}

static struct sampler *open_plain(u32 tids, struct err **err)
{
	return open_clock(CLOCK_TASK, tids, err);
}

/* Rings shrink until they fit, the copy of the stack with them; the last step is one ring a CPU. */
static void test_locked_memory(void)
{
	static const struct {
		u64 locked; /* of four CPUs together */
		u64 ring;
		u32 stack;
		bool side; /* a ring of its own for mmap and the like */
	} steps[] = {
		{ 0, 8 << 20, 65528, true },
		{ 35 << 20, 8 << 20, 65528, true },
		{ 34 << 20, 4 << 20, 64512, true },
		{ 9 << 20, 2 << 20, 31744, true },
		{ 4 * (516 << 10), 512 << 10, 7168, false },
		{ 4 * (132 << 10), 128 << 10, 1024, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct machine machine = machines[VM];
		struct sampler *sampler;
		struct err *err;
		unsigned outputs = 0;

		machine.locked_max = steps[i].locked;
		standin_become(&machine);
		sampler = open_plain(1, &err);
		if (!CHECK(!err))
			continue;
		CHECK_EQ(sampler_ring_bytes(sampler), steps[i].ring);
		CHECK_EQ(sampler_stack_bytes(sampler), steps[i].stack);
		for (unsigned n = 0; n < STANDIN_FDS; n++)
			outputs += standin_fds[n].used && standin_fds[n].attr.mmap2 &&
				   standin_fds[n].attr.wakeup_watermark != steps[i].ring / 4;
		CHECK_EQ(outputs, steps[i].side ? 4 : 0);
		sampler_close(sampler);
		CHECK_EQ(standin_leaks(), 0);
	}
}

/* Every thread on every CPU; short of descriptors, an error with a way out, and nothing leaks. */
static void test_threads(void)
{
	struct machine machine = machines[VM];
	struct sampler *sampler;
	struct err *err;
	unsigned samplers = 0, sidebands = 0;

	standin_become(&machine);
	sampler = open_plain(10, &err);
	CHECK(!err);
	for (unsigned i = 0; i < STANDIN_FDS; i++) {
		if (!standin_fds[i].used)
			continue;
		samplers += standin_fds[i].attr.config == PERF_COUNT_SW_CPU_CLOCK;
		sidebands += standin_fds[i].attr.mmap2;
	}
	CHECK_EQ(samplers, 40);
	CHECK_EQ(sidebands, 40);

	/* A thread that is known is left alone, a new one is opened. */
	err = sampler_attach(sampler, (const u32[]){ 105, 500 }, 2);
	CHECK(!err);
	samplers = 0;
	for (unsigned i = 0; i < STANDIN_FDS; i++)
		samplers += standin_fds[i].used &&
			    standin_fds[i].attr.config == PERF_COUNT_SW_CPU_CLOCK;
	CHECK_EQ(samplers, 44);
	sampler_close(sampler);
	CHECK_EQ(standin_leaks(), 0);

	machine.descriptors_max = 30;
	standin_become(&machine);
	sampler = open_plain(10, &err);
	CHECK(!sampler && err && strstr(err->message, "descriptors") && err->hint);
	err_free(err);
	CHECK_EQ(standin_leaks(), 0);
}

static void test_frequency(void)
{
	struct sampler_options options = {
		.freq = 200000,
		.tids = (const u32[]){ 1 },
		.tid_count = 1,
	};
	struct sampler *sampler;
	struct err *err;
	const char *const *said;

	standin_become(&machines[VM]);
	err = sampler_open(&sampler, &options);
	if (!CHECK(!err))
		return;
	CHECK_EQ(sampler_event(sampler, 0).attr->sample_freq, 100000);
	CHECK_EQ(sampler_notices(sampler, &said), 2);
	CHECK(strstr(said[0], "perf_event_max_sample_rate"));
	sampler_close(sampler);
}

/* Of the samplers that run: how many, and the copies that they all make; 0 if they differ. */
static u32 running_copies(unsigned *running)
{
	u32 bytes = 0;

	*running = 0;
	for (unsigned i = 0; i < STANDIN_FDS; i++) {
		const struct perf_event_attr *attr = &standin_fds[i].attr;

		if (!standin_fds[i].used || !standin_fds[i].enabled || !attr->sample_stack_user)
			continue;
		if (*running && attr->sample_stack_user != bytes)
			return 0;
		bytes = attr->sample_stack_user;
		++*running;
	}
	return bytes;
}

/* One event a CPU runs at a time, and samples of either are the same event's. */
static void test_copies(void)
{
	struct sampler *sampler;
	struct err *err;
	unsigned running;

	standin_become(&machines[VM]);
	sampler = open_clock(CLOCK_CPU, 1, &err);
	if (!CHECK(!err))
		return;
	CHECK(!sampler_narrow(sampler, 8192)); /* not before it runs */
	err = sampler_enable(sampler);
	CHECK(!err);
	CHECK_EQ(running_copies(&running), sampler_stack_bytes(sampler));
	CHECK_EQ(running, 4);
	CHECK(!sampler_narrow(sampler, 65536));
	CHECK(sampler_narrow(sampler, 8192));
	CHECK_EQ(running_copies(&running), 8192);
	CHECK_EQ(running, 4);
	CHECK_EQ(sampler_event_count(sampler), 1);
	CHECK(!sampler_narrow(sampler, 4096)); /* once */
	sampler_widen(sampler);
	CHECK_EQ(running_copies(&running), sampler_stack_bytes(sampler));
	CHECK_EQ(running, 4);
	sampler_disable(sampler);
	running_copies(&running);
	CHECK_EQ(running, 0);
	sampler_close(sampler);
	CHECK_EQ(standin_leaks(), 0);

	/* Events of tasks were inherited by who knows whom. */
	sampler = open_plain(1, &err);
	if (!CHECK(!err))
		return;
	err = sampler_enable(sampler);
	CHECK(!err && !sampler_narrow(sampler, 4096));
	sampler_close(sampler);
}

/* An old kernel loses what it does not know, and nothing else. */
static void test_old_kernel(void)
{
	struct sampler *sampler;
	struct err *err;

	standin_become(&machines[OLD_VM]);
	sampler = open_plain(1, &err);
	if (!CHECK(!err))
		return;
	for (unsigned i = 0; i < STANDIN_FDS; i++) {
		const struct perf_event_attr *attr = &standin_fds[i].attr;

		if (!standin_fds[i].used)
			continue;
		CHECK(!attr->build_id && !(attr->read_format & PERF_FORMAT_LOST));
		CHECK(attr->use_clockid);
		CHECK(!attr->mmap2 || attr->comm_exec);
	}
	sampler_close(sampler);
}

int main(void)
{
	notice_quiet(true);
	test_machines();
	test_rights();
	test_locked_memory();
	test_threads();
	test_frequency();
	test_copies();
	test_old_kernel();
	return check_done();
}
