/* What each machine can sample with, and why not, asked of the stand-in for the kernel. */
#include "profiler/perf/ability.h"

#include "tests/unit/check.h"
#include "tests/unit/standin.h"

#define NO_PMU "this virtual machine has no hardware counters (ENOENT)"
#define NO_LBR "this CPU has no branch records (EOPNOTSUPP)"
#define NEEDS "it needs the PMU (ENOENT)"
#define HARDWARE "hardware counters interrupt"

/* Texts begin with "yes" where it is there. */
static const struct {
	int machine;
	const char *want[ABILITY_COUNT];
} rows[] = {
	{ SANDY_BRIDGE,
	  { "yes " HARDWARE, "yes cycles up to precise=2", "yes there",
	    "no this CPU's branch records do not follow calls (EOPNOTSUPP)" } },
	{ HASWELL, { "yes " HARDWARE, "yes cycles up to precise=3", "yes there", "yes there" } },
	{ SKYLAKE, { "yes " HARDWARE, "yes cycles up to precise=3", "yes there", "yes there" } },
	{ ICE_LAKE, { "yes " HARDWARE, "yes cycles up to precise=3", "yes there", "yes there" } },
	{ SAPPHIRE_RAPIDS,
	  { "yes " HARDWARE, "yes cycles up to precise=3", "yes there", "yes there" } },
	{ HYBRID, { "yes " HARDWARE, "yes cycles up to precise=3", "yes there", "yes there" } },
	/* IBS cannot leave the kernel out, and is asked with it. */
	{ ZEN3,
	  { "yes " HARDWARE, "yes cycles up to precise=2 (by IBS)", "no " NO_LBR,
	    "no AMD's branch records do not follow calls (EOPNOTSUPP)" } },
	{ ZEN4,
	  { "yes " HARDWARE, "yes cycles up to precise=2 (by IBS)", "yes there",
	    "no AMD's branch records do not follow calls (EOPNOTSUPP)" } },
	{ VM, { "no " NO_PMU, "no " NEEDS, "no " NEEDS, "no " NEEDS } },
	{ OLD_VM, { "no " NO_PMU, "no " NEEDS, "no " NEEDS, "no " NEEDS } },
};

static void check_machine(const struct machine *machine, const char *const *want)
{
	char got[256];

	standin_become(machine);
	for (int i = 0; i < ABILITY_COUNT; i++) {
		struct ability_answer answer;

		ability_ask(i, &answer);
		snprintf(got, sizeof got, "%s %s", answer.there ? "yes" : "no", answer.text);
		check_that_(!strcmp(got, want[i]), __FILE__, __LINE__, "%s, %s: '%s', not '%s'",
			    machine->name, ability_name(i), got, want[i]);
		ability_release(&answer);
	}
	CHECK_EQ(standin_leaks(), 0);
}

static void test_machines(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_machine(&machines[rows[i].machine], rows[i].want);
}

/* Rights are another matter than the hardware. */
static void test_rights(void)
{
	static const char *const filtered[ABILITY_COUNT] = {
		"no perf_event_open is not allowed here (EPERM)",
		"no perf_event_open is not allowed here (EPERM)",
		"no perf_event_open is not allowed here (EPERM)",
		"no perf_event_open is not allowed here (EPERM)",
	};
	static const char *const kept[ABILITY_COUNT] = {
		"no kernel.perf_event_paranoid keeps it from ordinary users (EACCES)",
		"no kernel.perf_event_paranoid keeps it from ordinary users (EACCES)",
		"no kernel.perf_event_paranoid keeps it from ordinary users (EACCES)",
		"no kernel.perf_event_paranoid keeps it from ordinary users (EACCES)",
	};
	struct machine machine = machines[SKYLAKE];

	machine.capable = false;
	machine.paranoid = 2;
	check_machine(&machine, rows[2].want);
	machine.paranoid = 4;
	check_machine(&machine, kept);
	machine.seccomp = true;
	check_machine(&machine, filtered);
}

int main(void)
{
	test_machines();
	test_rights();
	return check_done();
}
