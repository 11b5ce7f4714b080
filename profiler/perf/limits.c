/* What the machine allows: CPUs, descriptors, locked memory, rates; and the sizes that follow. */
#include "profiler/perf/limits.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <aprof/vec.h>

#include "profiler/perf/sys.h"

#define CPU_MAX 65536

bool cpu_list_parse(const char *text, struct cpu_list *out)
{
	char *end;

	while (*text && *text != '\n') {
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (end == text)
			return false;
		if (*end == '-') {
			text = end + 1;
			last = strtoul(text, &end, 10);
			if (end == text)
				return false;
		}
		if (last < first || last >= CPU_MAX)
			return false;
		for (unsigned long cpu = first; cpu <= last; cpu++)
			*vec_push(out) = (u32)cpu;
		text = *end == ',' ? end + 1 : end;
		if (*end && *end != ',' && *end != '\n')
			return false;
	}
	return out->len != 0;
}

struct err *limits_online_cpus(struct cpu_list *out)
{
	char text[4096];
	long count;

	if (perf_sys.read_file("/sys/devices/system/cpu/online", text, sizeof text) &&
	    cpu_list_parse(text, out))
		return NULL;
	/* No sysfs (a bare container): without offline CPUs the numbers are dense. */
	out->len = 0;
	count = sysconf(_SC_NPROCESSORS_ONLN);
	if (count <= 0)
		return err_os(errno, "cannot count the CPUs");
	for (long cpu = 0; cpu < count; cpu++)
		*vec_push(out) = (u32)cpu;
	return NULL;
}

static void raise_limit(int resource)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit))
		return;
	/* CAP_SYS_RESOURCE may lift the hard limit of locked memory too. */
	if (resource == RLIMIT_MEMLOCK) {
		struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };

		if (!setrlimit((__rlimit_resource_t)resource, &none))
			return;
	}
	limit.rlim_cur = limit.rlim_max;
	setrlimit((__rlimit_resource_t)resource, &limit);
}

void limits_raise(void)
{
	raise_limit(RLIMIT_NOFILE);
	raise_limit(RLIMIT_MEMLOCK);
}

u64 limits_ring_bytes(size_t cpus, u64 samples_a_second, u32 stack_bytes)
{
	u64 rate = u64_min(samples_a_second, 1000000);
	u64 fill = rate * (stack_bytes + 1024ull) * RING_MS / 1000;
	u64 bytes = RING_BYTES_USUAL;

	/* To the nearest power of two. */
	while (bytes * 3 / 2 < fill && bytes < RING_BYTES_MAX)
		bytes *= 2;
	while (bytes > RING_BYTES_MIN && bytes * cpus > RING_BYTES_ALL)
		bytes /= 2;
	return bytes;
}

u64 limits_side_bytes(u64 ring_bytes)
{
	return u64_max(ring_bytes / 16, 64 << 10);
}

u32 limits_stack_bytes(u32 asked, u64 ring_bytes)
{
	/* Registers, chain and ids of a sample take less than this. */
	u64 other = 1024;
	u64 room = ring_bytes / RING_SAMPLES_MIN;
	u64 fits = room > 2 * other ? room - other : room / 2;

	return (u32)(u64_min(u64_min(asked ? asked : STACK_BYTES_MAX, fits), STACK_BYTES_MAX) &
		     ~7ull);
}
