/* What the hardware lets us sample with here, asked of the kernel. */
#include "profiler/perf/ability.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/text.h>

#include "profiler/perf/features.h"
#include "profiler/perf/pmu.h"
#include "profiler/perf/sampler_private.h"
#include "profiler/perf/sys.h"

static const struct {
	const char *name;
	enum call_graph call_graph;
	bool branch_any;
	unsigned most, least; /* precise_ip */
} asks[ABILITY_COUNT] = {
	[ABILITY_PMU] = { "PMU", CALL_GRAPH_NONE, false, 0, 0 },
	[ABILITY_PRECISE] = { "PEBS", CALL_GRAPH_NONE, false, 3, 1 },
	[ABILITY_LBR] = { "LBR", CALL_GRAPH_NONE, true, 0, 0 },
	[ABILITY_LBR_CALLS] = { "call-stack LBR", CALL_GRAPH_LBR, false, 0, 0 },
};

const char *ability_name(enum ability ability)
{
	return asks[ability].name;
}

const char *ability_errno(int os_errno, char buf[24])
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ EACCES, "EACCES" }, { EPERM, "EPERM" },   { ENOENT, "ENOENT" },
		{ ENODEV, "ENODEV" }, { ENXIO, "ENXIO" },   { EOPNOTSUPP, "EOPNOTSUPP" },
		{ EINVAL, "EINVAL" }, { ENOSYS, "ENOSYS" }, { EBUSY, "EBUSY" },
		{ EMFILE, "EMFILE" }, { ESRCH, "ESRCH" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].number == os_errno)
			return names[i].name;
	snprintf(buf, 24, "errno %d", os_errno);
	return buf;
}

/* The cycles event of the first core type, as record would open it on this task. */
static int try_cycles(const struct sampler_options *options, const struct wanted *wanted)
{
	struct sampler sampler = { .options = *options };
	struct event_vec events = { 0 };
	struct planned planned = { 0 };
	struct perf_event_attr attr;
	u64 dropped = 0;
	int fd, os_errno;

	event_default(&events);
	planned.event = events.data[0];
	attr = attr_wanted(&sampler, &planned, wanted);
	attr.enable_on_exec = 0;
	fd = features_open(&attr, 0, -1, &dropped);
	os_errno = fd < 0 ? errno : 0;
	if (fd >= 0)
		perf_sys.close(fd);
	events_release(&events);
	return os_errno;
}

/* 0 and the precision that was got, or the errno that says most: the first is of the most precise. */
static int ask(enum ability ability, unsigned *precise)
{
	const struct sampler_options options = { .freq = 99, .stack_bytes = 4096 };
	int os_errno = 0;

	for (*precise = asks[ability].most; *precise + 1 > asks[ability].least; --*precise) {
		/* IBS cannot leave out the kernel before Linux 6.14: with it, where that is allowed. */
		for (int kernel = 0; kernel < 2; kernel++) {
			const struct wanted wanted = {
				.kernel = kernel,
				.precise = *precise,
				.call_graph = asks[ability].call_graph,
				.branch_any = asks[ability].branch_any,
			};

			os_errno = try_cycles(&options, &wanted);
			if (!os_errno)
				return 0;
			if (os_errno != EINVAL)
				break;
		}
		if (*precise == 0)
			break;
	}
	return os_errno;
}

static bool cpuinfo_has(const char *word)
{
	char text[8192];

	return perf_sys.read_file("/proc/cpuinfo", text, sizeof text) && strstr(text, word);
}

static bool is_amd(void)
{
	return cpuinfo_has("AuthenticAMD") || cpuinfo_has("HygonGenuine");
}

static void deny(struct ability_answer *out, const char *way_out, int os_errno, const char *text)
{
	char number[24];

	out->text = xasprintf("%s (%s)", text, ability_errno(os_errno, number));
	out->way_out = way_out;
}

static void explain_no_pmu(struct ability_answer *out, int os_errno)
{
	if (cpuinfo_has(" hypervisor"))
		deny(out,
		     "the host has to give it one (KVM: -cpu host,pmu=on; in a cloud: metal or "
		     "whole-socket sizes); cpu-clock samples without",
		     os_errno, "this virtual machine has no hardware counters");
	else
		deny(out, "a newer kernel may; cpu-clock samples without", os_errno,
		     "the kernel drives no hardware counters of this CPU");
}

static void explain_no_branches(enum ability ability, struct ability_answer *out, int os_errno)
{
	if (ability == ABILITY_LBR_CALLS && is_amd())
		deny(out, NULL, os_errno, "AMD's branch records do not follow calls");
	else if (cpuinfo_has(" hypervisor"))
		deny(out,
		     "a guest has it on Linux 5.12 and later with KVM on Intel, if the host "
		     "passes it on (-cpu host,pmu=on)",
		     os_errno, "this virtual machine has no branch records");
	else
		deny(out, NULL, os_errno,
		     ability == ABILITY_LBR ? "this CPU has no branch records"
					    : "this CPU's branch records do not follow calls");
}

static void explain_refused(struct ability_answer *out, int os_errno)
{
	long paranoid = perf_sysctl("perf_event_paranoid", -2);

	if (os_errno == EPERM || os_errno == ENOSYS || paranoid < 3)
		deny(out,
		     "a seccomp filter forbids it, as containers have: --cap-add PERFMON and a "
		     "profile that allows perf_event_open",
		     os_errno, "perf_event_open is not allowed here");
	else
		deny(out, "'sudo sysctl kernel.perf_event_paranoid=1', or CAP_PERFMON, allows it",
		     os_errno, "kernel.perf_event_paranoid keeps it from ordinary users");
}

static bool is_refusal(int os_errno)
{
	return os_errno == EACCES || os_errno == EPERM || os_errno == ENOSYS;
}

static void explain(enum ability ability, int os_errno, struct ability_answer *out)
{
	unsigned ignored;
	int without = ability == ABILITY_PMU ? os_errno : ask(ABILITY_PMU, &ignored);

	if (is_refusal(os_errno))
		explain_refused(out, os_errno);
	else if (os_errno == EBUSY)
		deny(out, "'sudo sysctl kernel.nmi_watchdog=0' frees one", os_errno,
		     "somebody else holds the counters");
	else if (ability == ABILITY_PMU)
		explain_no_pmu(out, os_errno);
	else if (without)
		deny(out, NULL, os_errno, "it needs the PMU");
	else if (ability == ABILITY_PRECISE)
		deny(out, NULL, os_errno,
		     cpuinfo_has(" hypervisor") ? "this virtual machine has no precise events"
						: "this CPU has no precise events");
	else
		explain_no_branches(ability, out, os_errno);
}

static char *what_it_is(enum ability ability, unsigned precise)
{
	u64 depth = pmu_number("cpu", "caps/branches", 0);

	if (ability == ABILITY_PRECISE)
		return xasprintf("cycles up to precise=%u%s", precise, is_amd() ? " (by IBS)" : "");
	if (ability == ABILITY_PMU)
		return xstrdup("hardware counters interrupt");
	if (depth)
		return xasprintf("%llu entries", (unsigned long long)depth);
	return xstrdup("there");
}

void ability_ask(enum ability ability, struct ability_answer *out)
{
	unsigned precise;
	int os_errno = ask(ability, &precise);

	*out = (struct ability_answer){ .there = os_errno == 0 };
	if (out->there)
		out->text = what_it_is(ability, precise);
	else
		explain(ability, os_errno, out);
}

void ability_release(struct ability_answer *answer)
{
	free(answer->text);
}
