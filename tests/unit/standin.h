/*
 * A stand-in for the kernel's side of perf_event_open, which answers as a given machine does.
 *
 * The checks and their order are those of perf_copy_attr(), SYSCALL perf_event_open and the PMU
 * drivers (kernel/events/core.c, arch/x86/events/{core,intel/core,intel/lbr,amd/core,amd/ibs}.c),
 * as far as sampling with stacks and branch records meets them. Nothing is sampled: descriptors are
 * numbers, rings are plain memory.
 */
#ifndef APROF_UNIT_STANDIN_H
#define APROF_UNIT_STANDIN_H

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <aprof/types.h>

#include "profiler/perf/record.h"
#include "profiler/perf/sys.h"

struct machine {
	const char *name;
	unsigned kernel; /* 508 is Linux 5.8 */
	bool pmu; /* a core PMU for hardware events */
	unsigned max_precise; /* PEBS; 0: none */
	unsigned lbr; /* entries of the branch stack; 0: none */
	bool call_stack; /* LBR can follow calls */
	bool ibs; /* AMD: precise events are given to IBS */
	bool hybrid; /* cpus 0-1 cpu_core (type 4), 2-3 cpu_atom (type 10) */

	/* Who asks, and what is allowed; kept apart from the hardware by the tests' rows. */
	long paranoid;
	bool capable; /* CAP_PERFMON */
	bool seccomp; /* a filter answers EPERM to everything */
	u64 locked_max; /* bytes of rings that may be mapped; 0: any */
	unsigned descriptors_max; /* 0: any */
};

/* With kernels of their time. */
enum {
	SANDY_BRIDGE,
	HASWELL,
	SKYLAKE,
	ICE_LAKE,
	SAPPHIRE_RAPIDS,
	HYBRID,
	ZEN3,
	ZEN4,
	VM,
	OLD_VM,
	MACHINE_COUNT
};

static const struct machine machines[MACHINE_COUNT] = {
	/* PEBS is precise=3 where it has PREC_DIST (Ivy Bridge); LBR follows calls since Haswell. */
	[SANDY_BRIDGE] = { "Sandy Bridge", 415, true, 2, 16, false, false, false, 0, true, false, 0,
			   0 },
	[HASWELL] = { "Haswell", 415, true, 3, 16, true, false, false, 0, true, false, 0, 0 },
	[SKYLAKE] = { "Skylake", 504, true, 3, 32, true, false, false, 0, true, false, 0, 0 },
	[ICE_LAKE] = { "Ice Lake", 601, true, 3, 32, true, false, false, 0, true, false, 0, 0 },
	[SAPPHIRE_RAPIDS] = { "Sapphire Rapids", 612, true, 3, 32, true, false, false, 0, true,
			      false, 0, 0 },
	[HYBRID] = { "Alder Lake", 612, true, 3, 32, true, false, true, 0, true, false, 0, 0 },
	/* Zen 3 has branch sampling of its own kind only (BRS); Zen 4 has LbrExtV2. Neither follows
	   calls. Precise events go to IBS, which has no branch stack and no precise 3. */
	[ZEN3] = { "Zen 3", 601, true, 2, 0, false, true, false, 0, true, false, 0, 0 },
	[ZEN4] = { "Zen 4", 612, true, 2, 16, false, true, false, 0, true, false, 0, 0 },
	[VM] = { "VM", 618, false, 0, 0, false, false, false, 0, true, false, 0, 0 },
	[OLD_VM] = { "VM of Linux 4.9", 409, false, 0, 0, false, false, false, 0, true, false, 0,
		     0 },
};

static struct machine standin;

#define STANDIN_FDS 512
#define STANDIN_FIRST_FD 1000

static struct {
	bool used;
	struct perf_event_attr attr;
	int pid, cpu, output;
	bool enabled;
} standin_fds[STANDIN_FDS];
static u64 standin_locked;
static unsigned standin_calls;

/* perf_copy_attr(): bits that a kernel does not know are refused. */
static int standin_copy_attr(const struct perf_event_attr *a)
{
	unsigned k = standin.kernel;
	u64 branch = a->branch_sample_type;

	if ((a->build_id && k < 512) || (a->ksymbol && k < 501) || (a->use_clockid && k < 401) ||
	    (a->comm_exec && k < 316))
		return EINVAL;
	if (a->read_format & PERF_FORMAT_LOST && k < 600)
		return EINVAL;
	if (a->sample_type & PERF_SAMPLE_BRANCH_STACK) {
		if (branch & PERF_SAMPLE_BRANCH_HW_INDEX && k < 507)
			return EINVAL;
		if (!(branch & ~(u64)PERF_SAMPLE_BRANCH_PLM_ALL))
			return EINVAL;
	}
	if (a->sample_type & PERF_SAMPLE_STACK_USER &&
	    (a->sample_stack_user % 8 || a->sample_stack_user >= 65535 || !a->sample_stack_user))
		return EINVAL;
	return 0;
}

static int standin_lbr(const struct perf_event_attr *a)
{
	u64 call_stack = PERF_SAMPLE_BRANCH_CALL_STACK;

	if (!standin.lbr)
		return EOPNOTSUPP;
	if (!(a->branch_sample_type & call_stack))
		return 0;
	if (!standin.call_stack)
		return EOPNOTSUPP;
	/* intel_pmu_setup_sw_lbr_filter(): these alone go together. */
	return a->branch_sample_type &
			       ~(u64)(call_stack | PERF_SAMPLE_BRANCH_USER |
				      PERF_SAMPLE_BRANCH_KERNEL | PERF_SAMPLE_BRANCH_NO_FLAGS |
				      PERF_SAMPLE_BRANCH_NO_CYCLES | PERF_SAMPLE_BRANCH_HW_INDEX)
		       ? EINVAL
		       : 0;
}

/* amd_pmu_hw_config() sends precise events on; perf_ibs_init() takes them. */
static int standin_ibs(const struct perf_event_attr *a)
{
	if (a->precise_ip > 2)
		return EOPNOTSUPP;
	if (a->sample_type & PERF_SAMPLE_BRANCH_STACK)
		return EOPNOTSUPP;
	/* Without a software filter (6.14) it cannot tell kernel from user. */
	if ((a->exclude_kernel || a->exclude_user) && standin.kernel < 614)
		return EINVAL;
	return !a->freq && a->sample_period % 16 ? EINVAL : 0;
}

static int standin_core_pmu(const struct perf_event_attr *a, int cpu)
{
	u64 pmu = a->type == PERF_TYPE_RAW ? 4 : a->config >> 32;

	if (!standin.pmu)
		return ENOENT;
	if (standin.hybrid && cpu >= 0 && pmu && (pmu == 4) != (cpu < 2))
		return ENOENT;
	if (!standin.hybrid && a->type == PERF_TYPE_HARDWARE && pmu)
		return ENOENT;
	if (standin.ibs && a->precise_ip)
		return standin_ibs(a);
	if (a->precise_ip > standin.max_precise)
		return EOPNOTSUPP;
	return a->sample_type & PERF_SAMPLE_BRANCH_STACK ? standin_lbr(a) : 0;
}

static int standin_pmu(const struct perf_event_attr *a, int cpu)
{
	switch (a->type) {
	case PERF_TYPE_SOFTWARE:
	case PERF_TYPE_TRACEPOINT:
		return a->sample_type & PERF_SAMPLE_BRANCH_STACK ? EOPNOTSUPP : 0;
	case PERF_TYPE_HARDWARE:
	case PERF_TYPE_RAW:
	case PERF_TYPE_HW_CACHE:
		return standin_core_pmu(a, cpu);
	default:
		return standin.hybrid && a->type == 10 ? (cpu >= 2 ? 0 : ENOENT) : ENOENT;
	}
}

static int standin_check(const struct perf_event_attr *a, int pid, int cpu)
{
	bool capable = standin.capable;
	int error;

	if (standin.seccomp)
		return EPERM;
	if (!capable && standin.paranoid > 2)
		return EACCES; /* Debian's and Ubuntu's patch */
	error = standin_copy_attr(a);
	if (error)
		return error;
	if (!a->exclude_kernel && !capable && standin.paranoid > 1)
		return EACCES;
	if (a->freq && a->sample_freq > 100000)
		return EINVAL;
	error = standin_pmu(a, cpu);
	if (error)
		return error;
	if (pid == -1 && !capable && standin.paranoid > 0)
		return EACCES;
	return cpu > 3 ? ENODEV : 0;
}

static int standin_open(struct perf_event_attr *attr, int pid, int cpu, int group,
			unsigned long flags)
{
	unsigned open = 0, i = 0;

	(void)group;
	(void)flags;
	standin_calls++;
	errno = standin_check(attr, pid, cpu);
	if (errno)
		return -1;
	for (unsigned n = 0; n < STANDIN_FDS; n++)
		open += standin_fds[n].used;
	while (i < STANDIN_FDS && standin_fds[i].used)
		i++;
	if (i == STANDIN_FDS || (standin.descriptors_max && open >= standin.descriptors_max)) {
		errno = EMFILE;
		return -1;
	}
	standin_fds[i].used = true;
	standin_fds[i].attr = *attr;
	standin_fds[i].pid = pid;
	standin_fds[i].cpu = cpu;
	standin_fds[i].output = -1;
	standin_fds[i].enabled = !attr->disabled;
	return STANDIN_FIRST_FD + (int)i;
}

static int standin_ioctl(int fd, unsigned long request, unsigned long argument)
{
	unsigned i = (unsigned)(fd - STANDIN_FIRST_FD),
		 out = (unsigned)(argument - STANDIN_FIRST_FD);

	if (i >= STANDIN_FDS || !standin_fds[i].used) {
		errno = EBADF;
		return -1;
	}
	if (request == PERF_EVENT_IOC_ID) {
		u64 id = (u64)fd;

		memcpy((void *)argument, &id, sizeof id);
	} else if (request == PERF_EVENT_IOC_SET_OUTPUT) {
		/* perf_event_set_output(): same CPU, same clock. */
		if (out >= STANDIN_FDS || standin_fds[out].cpu != standin_fds[i].cpu ||
		    standin_fds[out].attr.use_clockid != standin_fds[i].attr.use_clockid) {
			errno = EINVAL;
			return -1;
		}
		standin_fds[i].output = (int)argument;
	} else if (request == PERF_EVENT_IOC_ENABLE) {
		standin_fds[i].enabled = true;
	} else if (request == PERF_EVENT_IOC_DISABLE) {
		standin_fds[i].enabled = false;
	}
	return 0;
}

static void *standin_map(int fd, size_t size)
{
	unsigned i = (unsigned)(fd - STANDIN_FIRST_FD);
	const struct perf_event_attr *attr = &standin_fds[i].attr;

	if (attr->inherit && standin_fds[i].cpu < 0) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	if (standin.locked_max && standin_locked + size > standin.locked_max) {
		errno = EPERM;
		return MAP_FAILED;
	}
	standin_locked += size;
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int standin_unmap(void *at, size_t size)
{
	standin_locked -= size;
	return munmap(at, size);
}

static int standin_close(int fd)
{
	standin_fds[fd - STANDIN_FIRST_FD].used = false;
	return 0;
}

static long standin_read(int fd, void *buf, size_t size)
{
	(void)fd;
	memset(buf, 0, size);
	return (long)size;
}

static bool standin_read_file(const char *path, char *buf, size_t size)
{
	const struct {
		bool there;
		const char *path, *text;
	} files[] = {
		{ true, "/sys/devices/system/cpu/online", "0-3\n" },
		{ true, "/proc/sys/kernel/perf_event_max_sample_rate", "100000\n" },
		{ standin.ibs, "/proc/cpuinfo", "vendor_id\t: AuthenticAMD\n" },
		{ !standin.pmu, "/proc/cpuinfo", "flags\t\t: fpu vme hypervisor\n" },
		{ standin.hybrid, "/sys/bus/event_source/devices/cpu_core/type", "4\n" },
		{ standin.hybrid, "/sys/bus/event_source/devices/cpu_core/cpus", "0-1\n" },
		{ standin.hybrid, "/sys/bus/event_source/devices/cpu_atom/type", "10\n" },
		{ standin.hybrid, "/sys/bus/event_source/devices/cpu_atom/cpus", "2-3\n" },
		{ standin.pmu && !standin.hybrid, "/sys/bus/event_source/devices/cpu/type", "4\n" },
		{ standin.pmu, "/sys/bus/event_source/devices/cpu/format/event", "config:0-7\n" },
		{ standin.pmu, "/sys/bus/event_source/devices/cpu/format/umask", "config:8-15\n" },
		{ standin.pmu, "/sys/bus/event_source/devices/cpu/format/offcore",
		  "config1:0-63\n" },
		{ standin.pmu, "/sys/bus/event_source/devices/cpu/format/split",
		  "config:0-7,32-35\n" },
		{ standin.pmu, "/sys/bus/event_source/devices/cpu/events/instructions",
		  "event=0xc0\n" },
		{ true, "/sys/kernel/tracing/events/sched/sched_switch/id", "372\n" },
	};

	if (!strcmp(path, "/proc/sys/kernel/perf_event_paranoid")) {
		snprintf(buf, size, "%ld\n", standin.paranoid);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (files[i].there && !strcmp(path, files[i].path)) {
			snprintf(buf, size, "%s", files[i].text);
			return true;
		}
	}
	return false;
}

/* From here on the kernel is that machine. */
static inline void standin_become(const struct machine *machine)
{
	standin = *machine;
	memset(standin_fds, 0, sizeof standin_fds);
	standin_locked = 0;
	standin_calls = 0;
	perf_sys = (struct perf_sys){
		.open = standin_open,
		.ioctl = standin_ioctl,
		.map = standin_map,
		.unmap = standin_unmap,
		.close = standin_close,
		.read = standin_read,
		.read_file = standin_read_file,
	};
}

/* Descriptors and memory that were not given back. */
static inline unsigned standin_leaks(void)
{
	unsigned open = standin_locked != 0;

	for (unsigned i = 0; i < STANDIN_FDS; i++)
		open += standin_fds[i].used;
	return open;
}

#endif
