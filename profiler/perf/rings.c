/* The rings, as large as locked memory allows, and what owns them. */
#include "profiler/perf/sampler_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/text.h>

#include "profiler/perf/features.h"
#include "profiler/perf/sys.h"

static void attr_dummy(const struct sampler *sampler, struct perf_event_attr *attr)
{
	*attr = (struct perf_event_attr){
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.exclude_kernel = 1, /* it counts nothing; ordinary users may only ask so */
		.exclude_hv = 1,
	};
	attr_common(sampler, attr, sampler_any_cpu_wide(sampler));
}

static void attr_sideband(const struct sampler *sampler, struct perf_event_attr *attr)
{
	attr_dummy(sampler, attr);
	attr->mmap = attr->mmap2 = 1;
	attr->comm = attr->comm_exec = 1;
	attr->task = 1;
	attr->build_id = 1;
}

/* What is drained at once should still be in a cache. */
#define WAKEUP_BYTES (2ull << 20)

static int open_bookkeeper(struct sampler *sampler, bool sideband, u32 cpu, u64 ring_bytes)
{
	int pid = sampler_any_cpu_wide(sampler) ? -1 : (int)sampler->tids.data[0];
	struct perf_event_attr attr;
	int fd;

	if (sideband)
		attr_sideband(sampler, &attr);
	else
		attr_dummy(sampler, &attr);
	attr.watermark = 1;
	attr.wakeup_watermark = (u32)u64_min(ring_bytes / 4, WAKEUP_BYTES);
	fd = features_open(&attr, pid, (int)cpu, &sampler->dropped);
	if (sideband)
		sampler->sideband = attr;
	return fd;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		perf_sys.close(*fd);
	*fd = -1;
}

static void close_all(struct sampler *sampler)
{
	for (u32 i = 0; i < sampler->ring_count; i++)
		ring_unmap(&sampler->rings[i]);
	sampler->ring_count = 0;
	vec_each (&sampler->cpus, cpu) {
		close_fd(&cpu->owner);
		close_fd(&cpu->side);
	}
}

/* Opens and maps the ring of one bookkeeper on each CPU. Returns 0 or the errno. */
static int open_kind(struct sampler *sampler, bool side, bool sideband, u64 bytes)
{
	for (size_t i = 0; i < sampler->cpus.len; i++) {
		struct cpu_rings *cpu = &sampler->cpus.data[i];
		int *fd = side ? &cpu->side : &cpu->owner;

		*fd = open_bookkeeper(sampler, sideband, cpu->cpu, bytes);
		if (*fd < 0 && errno == ENODEV && sampler->cpus.len > 1) {
			/* Went offline since we listed it. The rings made so far belong to the CPUs
			   before it, so it can only be the next one. */
			close_fd(&cpu->owner);
			memmove(cpu, cpu + 1, (--sampler->cpus.len - i) * sizeof *cpu);
			return EAGAIN;
		}
		if (*fd < 0 || ring_map(&sampler->rings[sampler->ring_count], *fd, bytes))
			return errno;
		sampler->ring_count++;
	}
	return 0;
}

/* side_bytes 0: samples and sideband share. */
static int open_sized(struct sampler *sampler, u64 bytes, u64 side_bytes)
{
	int os_errno;

	do {
		close_all(sampler);
		os_errno = open_kind(sampler, false, side_bytes == 0, bytes);
		if (!os_errno && side_bytes)
			os_errno = open_kind(sampler, true, true, side_bytes);
	} while (os_errno == EAGAIN);
	if (os_errno)
		close_all(sampler);
	return os_errno;
}

/* Of one CPU. A period counts something whose rate we do not know, but for clocks; those who ask for
   one have -m. */
static u64 samples_a_second(const struct sampler_options *options)
{
	return options->period ? 0 : options->freq;
}

static u64 wanted_bytes(const struct sampler *sampler)
{
	u64 page = (u64)sysconf(_SC_PAGESIZE), bytes = page;
	u32 stack_bytes = 0;

	vec_each (&sampler->events, planned)
		if (planned->event.attr.sample_stack_user)
			stack_bytes = sampler->stack_bytes;
	if (!sampler->options.mmap_pages)
		return limits_ring_bytes(sampler->cpus.len, samples_a_second(&sampler->options),
					 stack_bytes);
	while (bytes < sampler->options.mmap_pages * page && bytes < 1ull << 30)
		bytes *= 2;
	return bytes;
}

/* Below this, the room for samples is worth more than a ring of its own for the rest. */
#define SIDE_WORTH_BYTES (512ull << 10)

static int open_largest(struct sampler *sampler, u64 wanted)
{
	u64 least = u64_min(wanted, RING_BYTES_MIN);
	int os_errno = 0;

	for (u64 bytes = wanted; bytes >= least; bytes /= 2) {
		sampler->ring_bytes = bytes;
		os_errno = open_sized(sampler, bytes, limits_side_bytes(bytes));
		if (!os_errno || (os_errno != EPERM && os_errno != ENOMEM && os_errno != EAGAIN))
			return os_errno;
		if (bytes > SIDE_WORTH_BYTES)
			continue;
		os_errno = open_sized(sampler, bytes, 0);
		if (!os_errno)
			return 0;
	}
	return os_errno;
}

static void start_polls(struct sampler *sampler)
{
	sampler->polls = xcalloc(sampler->ring_count, sizeof *sampler->polls);
	for (u32 i = 0; i < sampler->ring_count; i++) {
		size_t cpu = i % sampler->cpus.len;
		bool side = i >= sampler->cpus.len;

		sampler->polls[i] = (struct pollfd){
			.fd = side ? sampler->cpus.data[cpu].side : sampler->cpus.data[cpu].owner,
			.events = POLLIN,
		};
	}
}

struct err *sampler_open_rings(struct sampler *sampler)
{
	u64 wanted = wanted_bytes(sampler);
	char had[16], want[16];
	int os_errno;

	sampler->rings = xcalloc(2 * sampler->cpus.len, sizeof *sampler->rings);
	os_errno = open_largest(sampler, wanted);
	if (os_errno == EPERM || os_errno == ENOMEM)
		return err_hint(err_os(os_errno,
				       "no memory for the rings that the kernel writes to"),
				"raise 'sudo sysctl kernel.perf_event_mlock_kb' or 'ulimit -l', or "
				"end other profilers");
	if (os_errno)
		return refusal_err(&(struct refusal){
			.os_errno = os_errno,
			.cpu_wide = sampler_any_cpu_wide(sampler),
			.tid = sampler->tids.len ? sampler->tids.data[0] : 0,
		});
	if (sampler->ring_bytes < wanted)
		sampler_note(sampler, "locked memory is limited: rings of %s a CPU instead of %s",
			     format_size(sampler->ring_bytes, had), format_size(wanted, want));
	start_polls(sampler);
	return NULL;
}

void sampler_close_rings(struct sampler *sampler)
{
	close_all(sampler);
	free(sampler->rings);
	free(sampler->polls);
}
