/* What the files that open and drain events share. */
#ifndef APROF_PERF_SAMPLER_PRIVATE_H
#define APROF_PERF_SAMPLER_PRIVATE_H

#include <aprof/vec.h>

#include "profiler/perf/event.h"
#include "profiler/perf/formats.h"
#include "profiler/perf/limits.h"
#include "profiler/perf/order.h"
#include "profiler/perf/ring.h"
#include "profiler/perf/sampler.h"
#include "profiler/perf/sieve.h"

struct planned { /* an event and how it is opened */
	struct event event;
	bool cpu_wide;
	bool is_fallback; /* cpu-clock, because there is no cycles event */
	enum call_graph call_graph; /* less than was asked for where the hardware has no LBR */
};

struct open_event {
	int fd;
	u32 event; /* index of planned; NO_ID: bookkeeping (ring owners, sideband) */
	u32 cpu;
	u32 stack_bytes; /* copied with each sample; 0: none */
	bool on_exec; /* enabled by the kernel at exec */
	u64 lost; /* as last read from the kernel */
};

struct planned_vec VEC(struct planned);
struct open_event_vec VEC(struct open_event);
struct tid_vec VEC(u32);
struct notice_vec VEC(char *);

/* The two rings of one CPU; descriptors are owned. */
struct cpu_rings {
	u32 cpu;
	int owner; /* a dummy event that the samples' ring belongs to: all samplers write there */
	int side; /* a dummy event of the sideband's ring; -1: shares the owner's */
};

struct cpu_rings_vec VEC(struct cpu_rings);

struct sampler {
	struct sampler_options options; /* pointers in it are not used after sampler_open() */
	struct planned_vec events;
	struct cpu_rings_vec cpus;
	struct tid_vec tids; /* sampled one by one; sorted */
	struct open_event_vec open;

	struct ring *rings; /* samples' rings in order of `cpus`, then the sideband's */
	u32 ring_count;
	u64 ring_bytes;
	u32 stack_bytes;
	u32 narrow_bytes; /* of the smaller copies that were made, copies.c; 0: none */
	struct pollfd *polls; /* one for each ring; fd -1 once it hung up */
	bool hung_up;

	struct sieve *sieve; /* NULL: all that runs on the CPUs is delivered */
	char *no_sieve; /* why; NULL: nothing to sift */

	struct perf_event_attr sideband; /* as the kernel took it */

	struct formats formats;
	struct order order;
	struct sampler_counts counts;
	u64 lost_in_records;
	bool common_clock; /* time stamps are CLOCK_MONOTONIC */
	bool enabled;
	u64 dropped; /* features, see features.h */
	struct notice_vec notices;

	sampler_handler *handler; /* of the drain that runs */
	void *handler_arg;
};

/* notice(), kept for the profile. */
void sampler_note(struct sampler *sampler, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* plan.c: the attr and the scope of every event, tried on the kernel. */
ERR_MUST_CHECK struct err *sampler_plan(struct sampler *sampler);
bool sampler_any_cpu_wide(const struct sampler *sampler);

/* attr.c */
struct wanted { /* what is tried next */
	bool kernel;
	unsigned precise;
	enum call_graph call_graph;
	bool branch_any;
};

/* Before the kernel was asked. */
struct perf_event_attr attr_wanted(const struct sampler *sampler, const struct planned *planned,
				   const struct wanted *wanted);
/* What every event of the recording has in common. */
void attr_common(const struct sampler *sampler, struct perf_event_attr *attr, bool cpu_wide);

/* sampler.c: opens an event into the ring of `output` and remembers it. No error if the thread has
   ended, or the CPU is offline. */
struct wanted_event {
	const struct perf_event_attr *attr;
	u32 event, format; /* indices of `events` and `formats`; NO_ID: bookkeeping */
};
ERR_MUST_CHECK struct err *sampler_open_into(struct sampler *sampler,
					     const struct wanted_event *wanted, int pid, u32 cpu,
					     int output);

/* rings.c: the rings, as large as may be. */
ERR_MUST_CHECK struct err *sampler_open_rings(struct sampler *sampler);
void sampler_close_rings(struct sampler *sampler);

/* refusal.c: why the kernel refused, and the way out. */
struct refusal {
	int os_errno;
	const struct event *event; /* NULL: bookkeeping */
	bool cpu_wide;
	bool kernel_only; /* samples of nothing but the kernel were asked for */
	u32 tid; /* of the target; 0: none */
};

bool planned_counts_on(const struct planned *planned, u32 cpu);

ERR_MUST_CHECK struct err *refusal_err(const struct refusal *refusal);

#endif
