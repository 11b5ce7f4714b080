/* Event names to attrs: perf's spellings, and libpfm4's names of three processors. */
#include "profiler/perf/event.h"

#include "tests/unit/check.h"
#include "tests/unit/standin.h"

struct row {
	const char *text;
	u32 type;
	u64 config, config1;
	unsigned precise;
	const char *excluded; /* letters of u k h G (guest) H (host) */
	u64 period; /* or frequency */
	bool freq;
};

#define HW PERF_TYPE_HARDWARE
#define SW PERF_TYPE_SOFTWARE
#define CACHE PERF_TYPE_HW_CACHE
#define RAW PERF_TYPE_RAW

static const struct row rows[] = {
	{ "cycles", HW, 0, 0, 0, "G", 0, false },
	{ "cycles:u", HW, 0, 0, 0, "khG", 0, false },
	{ "cycles:k", HW, 0, 0, 0, "uhG", 0, false },
	{ "cycles:uk", HW, 0, 0, 0, "hG", 0, false },
	{ "cycles:upp", HW, 0, 0, 2, "khG", 0, false },
	{ "cycles:ppp", HW, 0, 0, 3, "G", 0, false },
	{ "cycles:G", HW, 0, 0, 0, "H", 0, false },
	{ "cycles:freq=997", HW, 0, 0, 0, "G", 997, true },
	{ "cycles:period=100003", HW, 0, 0, 0, "G", 100003, false },
	{ "cycles:period=100003:u", HW, 0, 0, 0, "khG", 100003, false },
	{ "instructions", HW, 1, 0, 0, "G", 0, false },
	{ "branch-misses", HW, 5, 0, 0, "G", 0, false },
	{ "L1-dcache-load-misses", CACHE, 0x10000, 0, 0, "G", 0, false },
	{ "cpu-clock", SW, 0, 0, 0, "G", 0, false },
	{ "page-faults", SW, 2, 0, 0, "G", 0, false },
	{ "emulation-faults:u", SW, 8, 0, 0, "kh", 0, false },
	{ "context-switches", SW, 3, 0, 0, "G", 0, false },
	{ "r20c4", RAW, 0x20c4, 0, 0, "G", 0, false },
	{ "r20c4:pp", RAW, 0x20c4, 0, 2, "G", 0, false },
	{ "rFFFFFFFFFFFFFFFF", RAW, UINT64_MAX, 0, 0, "G", 0, false },
	{ "sched:sched_switch", PERF_TYPE_TRACEPOINT, 372, 0, 0, "", 0, false },
	{ "cpu/event=0xc4,umask=0x20/", 4, 0x20c4, 0, 0, "G", 0, false },
	{ "cpu/event=0xc4,umask=0x20/upp", 4, 0x20c4, 0, 2, "khG", 0, false },
	{ "cpu/umask=0x20,event=0xc4,period=4001/", 4, 0x20c4, 0, 0, "G", 4001, false },
	{ "cpu/event=0xc4,freq=99/", 4, 0xc4, 0, 0, "G", 99, true },
	{ "cpu/instructions/", 4, 0xc0, 0, 0, "G", 0, false },
	{ "cpu/config=0x1c0,config1=7/", 4, 0x1c0, 7, 0, "G", 0, false },
	{ "cpu/offcore=0x123456789/", 4, 0, 0x123456789, 0, "G", 0, false },
	{ "cpu/split=0xfab/", 4, 0xf000000ab, 0, 0, "G", 0, false },

	/* Event and umask as the vendors' lists have them. */
	{ "skl::INST_RETIRED:PREC_DIST:precise=3", RAW, 0x1c0, 0, 3, "G", 0, false },
	{ "skl::BR_INST_RETIRED:NEAR_TAKEN", RAW, 0x20c4, 0, 0, "G", 0, false },
	{ "skl::MEM_LOAD_RETIRED:L3_MISS", RAW, 0x20d1, 0, 0, "G", 0, false },
	{ "skl::MEM_INST_RETIRED:ALL_LOADS:u", RAW, 0x81d0, 0, 0, "khG", 0, false },
	{ "skl::MEM_TRANS_RETIRED:LOAD_LATENCY:ldlat=64:precise=2", RAW, 0x1cd, 0x40, 2, "G", 0,
	  false },
	{ "skl::CPU_CLK_UNHALTED:THREAD_P", RAW, 0x3c, 0, 0, "G", 0, false },
	{ "skl::BR_MISP_RETIRED:ALL_BRANCHES:upp", RAW, 0xc5, 0, 2, "khG", 0, false },
	{ "skl::MEM_LOAD_RETIRED:L1_MISS:freq=997", RAW, 0x8d1, 0, 0, "G", 997, true },
	{ "skl::UOPS_RETIRED:RETIRE_SLOTS", RAW, 0x2c2, 0, 0, "G", 0, false },
	{ "skl::DTLB_LOAD_MISSES:MISS_CAUSES_A_WALK", RAW, 0x108, 0, 0, "G", 0, false },
	{ "skl::LD_BLOCKS:STORE_FORWARD", RAW, 0x203, 0, 0, "G", 0, false },
	/* Counter mask (bits 24-31), inverted (bit 23), and a register of its own in config1. */
	{ "skl::CYCLE_ACTIVITY:STALLS_TOTAL", RAW, 0x40004a3, 0, 0, "G", 0, false },
	{ "skl::INST_RETIRED:ANY_P:c=16:i=1", RAW, 0x108000c0, 0, 0, "G", 0, false },
	{ "skl::FRONTEND_RETIRED:DSB_MISS", RAW, 0x1c6, 0x11, 0, "G", 0, false },
	{ "spr::CPU_CLK_UNHALTED:THREAD_P:k", RAW, 0x3c, 0, 0, "uhG", 0, false },
	{ "spr::MEM_INST_RETIRED:ALL_STORES", RAW, 0x82d0, 0, 0, "G", 0, false },
	{ "spr::MEM_LOAD_RETIRED:L3_MISS:precise=3", RAW, 0x20d1, 0, 3, "G", 0, false },
	{ "spr::UOPS_RETIRED:SLOTS", RAW, 0x2c2, 0, 0, "G", 0, false },
	{ "spr::TOPDOWN:SLOTS", RAW, 0x400, 0, 0, "G", 0, false },
	{ "spr::DTLB_LOAD_MISSES:WALK_COMPLETED", RAW, 0xe12, 0, 0, "G", 0, false },
	{ "spr::INST_RETIRED:PREC_DIST", RAW, 0x100, 0, 0, "G", 0, false },
	{ "spr::BR_INST_RETIRED:NEAR_TAKEN", RAW, 0x20c4, 0, 0, "G", 0, false },
	{ "spr::MEM_INST_RETIRED:ALL_LOADS:pp", RAW, 0x81d0, 0, 2, "G", 0, false },
	{ "spr::MEM_TRANS_RETIRED:LOAD_LATENCY:ldlat=64:precise=2:period=1009", RAW, 0x1cd, 0x40, 2,
	  "G", 1009, false },
	{ "amd64_fam19h_zen4::CYCLES_NOT_IN_HALT", RAW, 0x76, 0, 0, "G", 0, false },
	{ "amd64_fam19h_zen4::RETIRED_INSTRUCTIONS", RAW, 0xc0, 0, 0, "G", 0, false },
	{ "amd64_fam19h_zen4::RETIRED_OPS", RAW, 0xc1, 0, 0, "G", 0, false },
	{ "amd64_fam19h_zen4::RETIRED_BRANCH_INSTRUCTIONS", RAW, 0xc2, 0, 0, "G", 0, false },
	{ "amd64_fam19h_zen4::RETIRED_BRANCH_INSTRUCTIONS_MISPREDICTED", RAW, 0xc3, 0, 0, "G", 0,
	  false },
	{ "amd64_fam19h_zen4::P0_FREQ_CYCLES_NOT_IN_HALT", RAW, 0x100000120, 0, 0, "G", 0, false },
	{ "amd64_fam19h_zen4::RETIRED_NEAR_RETURNS:u", RAW, 0xc8, 0, 0, "khG", 0, false },
};

/* "P" is as much precision as there is, found by trying. */
static void test_most_precise(void)
{
	static const struct {
		const char *text;
		bool max_precise;
	} texts[] = {
		{ "cycles:P", true }, { "cycles:uP", true },   { "cpu/event=0x3c/P", true },
		{ "r3c:P", true },    { "cycles:ppp", false }, { "cycles", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct event_vec events = { 0 };
		struct err *err = event_parse(&events, texts[i].text);

		check_that_(!err && events.len == 1 &&
				    events.data[0].max_precise == texts[i].max_precise,
			    __FILE__, __LINE__, "%s", texts[i].text);
		err_free(err);
		events_release(&events);
	}
}

static void check_row(const struct row *row)
{
	struct event_vec events = { 0 };
	struct err *err = event_parse(&events, row->text);
	char excluded[8] = "";

	if (!check_that_(!err && events.len == 1, __FILE__, __LINE__, "%s: %s", row->text,
			 err ? err->message : "not one event")) {
		err_free(err);
		return;
	}
	const struct perf_event_attr *a = &events.data[0].attr;
	snprintf(excluded, sizeof excluded, "%s%s%s%s%s", a->exclude_user ? "u" : "",
		 a->exclude_kernel ? "k" : "", a->exclude_hv ? "h" : "",
		 a->exclude_guest ? "G" : "", a->exclude_host ? "H" : "");
	check_that_(a->type == row->type && a->config == row->config && a->config1 == row->config1,
		    __FILE__, __LINE__, "%s: type %u config 0x%llx config1 0x%llx", row->text,
		    a->type, (unsigned long long)a->config, (unsigned long long)a->config1);
	check_that_(a->precise_ip == row->precise, __FILE__, __LINE__, "%s: precise %u", row->text,
		    (unsigned)a->precise_ip);
	check_that_(!strcmp(excluded, row->excluded), __FILE__, __LINE__, "%s: excludes '%s'",
		    row->text, excluded);
	check_that_(a->sample_period == row->period && a->freq == row->freq &&
			    events.data[0].own_rate == (row->period != 0),
		    __FILE__, __LINE__, "%s: rate %llu", row->text,
		    (unsigned long long)a->sample_period);
	CHECK_STR(events.data[0].name, row->text);
	events_release(&events);
}

static void test_rows(void)
{
	/* Other processors' names encode only where libpfm4 is told so. */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(&rows[i]);
}

/* Lists, and commas that do not separate events. */
static void test_lists(void)
{
	struct event_vec events = { 0 };
	struct err *err = event_parse(&events, "cycles:u,cpu/event=1,umask=2/,cpu-clock");

	CHECK(!err);
	CHECK_EQ(events.len, 3);
	if (events.len == 3) {
		CHECK_EQ(events.data[1].attr.config, 0x201);
		CHECK(events.data[2].is_clock);
	}
	events_release(&events);
}

static void test_unknown(void)
{
	static const char *const texts[] = {
		"",
		"nonsense",
		"cycles,",
		",cycles",
		"cycles:pppp",
		"cycles:x",
		"cpu/event=1",
		"cpu/event=x/",
		"cpu/event=/",
		"cpu/event=0x1ff/",
		"cpu/../../etc/",
		"nopmu/event=1/",
		"cpu/event=1/x",
		"nosuch:tracepoint",
		"r",
		"rxyz",
		"skl::INST_RETIRED:NO_SUCH_UMASK",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct event_vec events = { 0 };
		struct err *err = event_parse(&events, texts[i]);

		check_that_(err && err->kind == ERR_USAGE, __FILE__, __LINE__, "'%s' is accepted",
			    texts[i]);
		err_free(err);
		events_release(&events);
	}
}

/* What a name becomes when its precision is known. */
static void test_names(void)
{
	static const struct {
		const char *name;
		unsigned precise;
		const char *want;
	} names[] = {
		{ "cycles", 0, "cycles" },
		{ "cycles", 2, "cycles:pp" },
		{ "cycles:u", 1, "cycles:up" },
		{ "cycles:uppp", 2, "cycles:upp" },
		{ "cycles:P", 3, "cycles:ppp" },
		{ "cycles:P", 0, "cycles" },
		{ "cpu/event=1/", 2, "cpu/event=1/pp" },
		{ "cpu_core/cycles/", 3, "cpu_core/cycles/ppp" },
		{ "cpu/event=1/uppp", 1, "cpu/event=1/up" },
		{ "skl::INST_RETIRED:PREC_DIST:precise=3", 3,
		  "skl::INST_RETIRED:PREC_DIST:precise=3" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct event event = { .name = strdup(names[i].name) };

		event_name_precise(&event, names[i].precise);
		CHECK_STR(event.name, names[i].want);
		event_release(&event);
	}
}

int main(void)
{
	setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);
	standin_become(&machines[SKYLAKE]);
	test_rows();
	test_most_precise();
	test_lists();
	test_unknown();
	test_names();
	return check_done();
}
