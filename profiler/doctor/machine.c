/* What of this machine aprof can use: the kernel, rights, hardware, limits, names. */
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <aprof/text.h>

#include "profiler/doctor/doctor.h"
#include "profiler/perf/ability.h"
#include "profiler/perf/pmu.h"
#include "profiler/perf/sampler.h"
#include "profiler/perf/sys.h"

/* In linux/capability.h since 5.8. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/* Rings below this hold few samples with deep stacks. */
#define RING_BYTES_SMALL (1u << 20)

static u64 capabilities(void)
{
	char text[4096], *at;

	if (!perf_sys.read_file("/proc/self/status", text, sizeof text))
		return 0;
	at = strstr(text, "\nCapEff:");
	return at ? strtoull(at + strlen("\nCapEff:"), NULL, 16) : 0;
}

static bool may(u64 caps, unsigned cap)
{
	return caps >> cap & 1 || caps >> CAP_SYS_ADMIN & 1;
}

static void check_kernel(struct findings *findings)
{
	struct utsname name;
	unsigned major = 0, minor = 0;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2) {
		finding_add(findings, FINDING_NOTE, "kernel", NULL,
			    "its version is not to be read");
		return;
	}
	if (major < 5 || (major == 5 && minor < 12))
		finding_add(findings, FINDING_NOTE, "kernel",
			    "Linux 5.12 or later tells the build ids of mapped files", "%s %s",
			    name.sysname, name.release);
	else
		finding_add(findings, FINDING_OK, "kernel", NULL, "%s %s", name.sysname,
			    name.release);
}

static void check_rights(struct findings *findings, u64 caps)
{
	long paranoid = perf_sysctl("perf_event_paranoid", -2);
	bool capable = may(caps, CAP_PERFMON);
	const char *way_out = NULL;

	if (!capable && paranoid > 1)
		way_out = "'sudo sysctl kernel.perf_event_paranoid=1', or 'sudo setcap "
			  "cap_perfmon+ep' on aprof, shows the kernel too";
	else if (!capable && paranoid > 0)
		way_out = "'sudo sysctl kernel.perf_event_paranoid=0' samples whole CPUs, which "
			  "costs less";
	finding_add(findings, way_out ? FINDING_NOTE : FINDING_OK, "rights", way_out,
		    "perf_event_paranoid is %ld, CAP_PERFMON is %sheld", paranoid,
		    capable ? "" : "not ");
}

/* Opens what record would by default, rings and all. */
static bool check_recording(struct findings *findings)
{
	const u32 self = (u32)getpid();
	const struct sampler_options options = {
		.freq = 999, .tids = &self, .tid_count = 1, .quiet = true
	};
	struct sampler *sampler;
	struct sampler_event event;
	struct err *err = sampler_open(&sampler, &options);
	u64 ring;
	bool small;

	if (err) {
		finding_add(findings, FINDING_MISSING, "recording", NULL, "%s%s%s", err->message,
			    err->hint ? "; " : "", err->hint ? err->hint : "");
		err_free(err);
		return false;
	}
	event = sampler_event(sampler, 0);
	ring = sampler_ring_bytes(sampler);
	finding_add(findings, event.attr->exclude_kernel ? FINDING_NOTE : FINDING_OK, "recording",
		    NULL, "possible: %s, %s, %s", event.name,
		    event.cpu_wide ? "once a CPU" : "for each task",
		    event.attr->exclude_kernel ? "user space only" : "user space and kernel");
	small = ring < RING_BYTES_SMALL;
	finding_add(findings, small ? FINDING_NOTE : FINDING_OK, "rings",
		    small ? "'sudo sysctl kernel.perf_event_mlock_kb=9000', or 'ulimit -l', makes "
			    "room for more of each stack"
			  : NULL,
		    "%llu KiB a CPU, %u bytes of each stack", (unsigned long long)(ring >> 10),
		    sampler_stack_bytes(sampler));
	sampler_close(sampler);
	return true;
}

static void check_abilities(struct findings *findings)
{
	for (int i = 0; i < ABILITY_COUNT; i++) {
		struct ability_answer answer;

		ability_ask(i, &answer);
		finding_add(findings, answer.there ? FINDING_OK : FINDING_NOTE, ability_name(i),
			    answer.way_out, "%s", answer.text);
		ability_release(&answer);
	}
}

/* Who may not see the addresses gets zeros for all. */
static bool kallsyms_hidden(void)
{
	char text[4096];
	const char *at = text;

	if (!perf_sys.read_file("/proc/kallsyms", text, sizeof text))
		return true;
	for (; at && *at; at = strchr(at, '\n'), at += at != NULL)
		if (strtoull(at, NULL, 16))
			return false;
	return true;
}

static void check_kernel_names(struct findings *findings)
{
	long restricted = perf_sysctl("kptr_restrict", -1);

	if (!kallsyms_hidden())
		finding_add(findings, FINDING_OK, "kernel names", NULL,
			    "/proc/kallsyms is readable (kptr_restrict is %ld)", restricted);
	else
		finding_add(findings, FINDING_NOTE, "kernel names",
			    "'sudo sysctl kernel.kptr_restrict=0 kernel.perf_event_paranoid=1', or "
			    "CAP_SYSLOG, shows them",
			    "/proc/kallsyms has no addresses (kptr_restrict is %ld)", restricted);
}

static void check_limits(struct findings *findings, const struct rlimit *files,
			 const struct rlimit *locked)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	u64 threads = files->rlim_max / (u64)(cpus > 0 ? cpus : 1);
	long rate = perf_sysctl("perf_event_max_sample_rate", 0);
	char limit[32] = "unlimited";

	if (locked->rlim_max != RLIM_INFINITY)
		snprintf(limit, sizeof limit, "%llu KiB",
			 (unsigned long long)locked->rlim_max >> 10);
	finding_add(findings, FINDING_OK, "locked memory", NULL,
		    "perf_event_mlock_kb is %ld, RLIMIT_MEMLOCK %s",
		    perf_sysctl("perf_event_mlock_kb", -1), limit);
	finding_add(findings, threads < 1000 ? FINDING_NOTE : FINDING_OK, "open files",
		    threads < 1000 ? "'ulimit -n' raises it; clocks for each CPU need few" : NULL,
		    "up to %llu: -p follows about %llu threads on %ld CPUs",
		    (unsigned long long)files->rlim_max, (unsigned long long)threads, cpus);
	finding_add(findings, rate < 1000 ? FINDING_NOTE : FINDING_OK, "sample rate",
		    rate < 1000 ? "'sudo sysctl kernel.perf_event_max_sample_rate=100000'" : NULL,
		    "up to %ld a second (perf_event_max_sample_rate)", rate);
}

static void check_uprobes(struct findings *findings, u64 caps)
{
	if (pmu_number("uprobe", "type", 0) == 0)
		finding_add(findings, FINDING_NOTE, "uprobes",
			    "a kernel with CONFIG_UPROBE_EVENTS has them; sampling needs none",
			    "this kernel has none, or /sys is not there");
	else if (!may(caps, CAP_PERFMON))
		finding_add(findings, FINDING_NOTE, "uprobes",
			    "CAP_PERFMON allows them; sampling needs none",
			    "the kernel has them, not for this user");
	else
		finding_add(findings, FINDING_OK, "uprobes", NULL, "there, and allowed");
}

static void check_bpf(struct findings *findings)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
	};
	int fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr);
	char number[24];

	if (fd >= 0) {
		close(fd);
		finding_add(findings, FINDING_OK, "BPF", NULL, "allowed");
		return;
	}
	finding_add(findings, FINDING_NOTE, "BPF", "CAP_BPF allows it; sampling needs none",
		    "not allowed (%s)", ability_errno(errno, number));
}

static void check_debuginfod(struct findings *findings)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	void *library = dlopen("libdebuginfod.so.1", RTLD_LAZY | RTLD_LOCAL);

	if (!library)
		finding_add(findings, FINDING_NOTE, "debuginfod",
			    "the package libdebuginfod1 brings it",
			    "libdebuginfod is not installed: debug information is only looked for "
			    "on this machine");
	else if (!urls || !*urls)
		finding_add(findings, FINDING_NOTE, "debuginfod",
			    "DEBUGINFOD_URLS names servers to ask",
			    "debug information is only looked for on this machine");
	else
		finding_add(findings, FINDING_OK, "debuginfod", NULL, "asks %s", urls);
	if (library)
		dlclose(library);
}

bool doctor_machine(struct findings *findings)
{
	struct rlimit files = { 0 }, locked = { 0 };
	u64 caps = capabilities();
	bool possible;

	/* Before they are raised for rings. */
	getrlimit(RLIMIT_NOFILE, &files);
	getrlimit(RLIMIT_MEMLOCK, &locked);
	check_kernel(findings);
	possible = check_recording(findings);
	check_rights(findings, caps);
	check_abilities(findings);
	check_kernel_names(findings);
	check_limits(findings, &files, &locked);
	check_uprobes(findings, caps);
	check_bpf(findings);
	check_debuginfod(findings);
	return possible;
}
