/*
 * Events opened on what is profiled, and their records drained in the order of time.
 *
 * Each online CPU has a ring for samples and, where locked memory allows, a small one of its own for
 * what maps memory, forks, execs and names (so that a burst of samples cannot push such a record
 * out). A clock event is opened once a CPU where the machine allows it, and sees every task that
 * runs there: the caller keeps what is its own. Everything else is opened for each task on each CPU.
 */
#ifndef APROF_PERF_SAMPLER_H
#define APROF_PERF_SAMPLER_H

#include <linux/perf_event.h>
#include <poll.h>

#include <aprof/err.h>
#include <aprof/types.h>

#include "profiler/perf/sample.h"

enum clock_mode { CLOCK_AUTO, CLOCK_CPU, CLOCK_TASK };

enum call_graph {
	CALL_GRAPH_DWARF, /* registers and a copy of the stack */
	CALL_GRAPH_FP, /* the kernel walks frame pointers */
	CALL_GRAPH_NONE, /* the IP alone */
	CALL_GRAPH_LBR, /* the hardware's stack of calls; DWARF where there is none */
	CALL_GRAPH_DWARF_LBR, /* both: LBR goes on where the copy of the stack ends */
};

struct sampler_options {
	const char *const *events; /* each may name several, separated by commas */
	size_t event_count; /* 0: the best cycles event that opens, else cpu-clock */
	u64 freq; /* samples a second; used if period is 0 */
	u64 period; /* one sample every so many events (clocks: ns) */
	enum call_graph call_graph;
	bool branch_any; /* the last branches taken; not with LBR call graphs */
	u64 branch_filter; /* of them PERF_SAMPLE_BRANCH_*; 0: of any kind */
	u32 stack_bytes; /* of the stack to copy; 0: as much as the rings hold */
	u32 mmap_pages; /* a ring's data; 0: chosen */
	bool all_user, all_kernel; /* only that space */
	bool no_inherit;
	enum clock_mode clock;

	bool system_wide; /* every task; otherwise: */
	const u32 *tids; /* what to sample: threads that are there */
	size_t tid_count;
	bool enable_on_exec; /* events of tasks start when tids[0] calls exec */
	bool quiet; /* what is said through notice() is only kept */
};

/* One event as it was opened. */
struct sampler_event {
	const char *name; /* "cycles:ppp" */
	const struct perf_event_attr *attr;
	enum call_graph call_graph; /* what it became */
	bool cpu_wide; /* sees every task of its CPUs */
	bool is_clock;
	bool is_fallback; /* cpu-clock, because there is no cycles event */
};

struct sampler_counts {
	u64 records;
	u64 lost; /* records that found no room in the rings */
	u64 lost_samples; /* PEBS buffers that overflowed */
	u64 throttled, unthrottled;
	u64 late; /* out of order for more than a little */
	u64 malformed; /* refused by the decoder, or bytes of a ring that made no sense */
};

struct sampler;

/*
 * Opens everything, not yet enabled; what tells of mmap, fork, exec and exit runs at once. Falls
 * back where it can and says so through notice(). Raises RLIMIT_NOFILE and RLIMIT_MEMLOCK: fork the
 * target first.
 */
ERR_MUST_CHECK struct err *sampler_open(struct sampler **out,
					const struct sampler_options *options);
void sampler_close(struct sampler *sampler);

/*
 * The same, but only tried and closed again, without rings: what was asked for as it would open. Of
 * the result the questions about events and notices may be asked.
 */
ERR_MUST_CHECK struct err *sampler_try(struct sampler **out, const struct sampler_options *options);

/*
 * More threads of an attached target: those that appeared while sampler_open() worked. Threads that
 * are sampled already (given before, or seen to be born to one that is) are left alone; a thread that
 * has ended is no error. Nothing to do where all events are CPU-wide.
 */
ERR_MUST_CHECK struct err *sampler_attach(struct sampler *sampler, const u32 *tids, size_t count);

/* Starts sampling, but for events that start at the exec; stops all. */
ERR_MUST_CHECK struct err *sampler_enable(struct sampler *sampler);
void sampler_disable(struct sampler *sampler);

/*
 * Waits until a ring is a quarter full (or has 2 MiB), an extra descriptor has an event, or the time is over.
 * Returns what poll() does; revents of `extra` are set.
 */
int sampler_poll(struct sampler *sampler, int timeout_ms, struct pollfd *extra, size_t extra_count);

/*
 * From now on so many bytes of each stack are copied, fewer than before: a copy costs the target time,
 * and the rings room. Only once, and only for clocks of whole CPUs whose copy nobody asked for;
 * false where that is not so, or the kernel refuses. sampler_widen() goes back for good.
 */
bool sampler_narrow(struct sampler *sampler, u32 stack_bytes);
void sampler_widen(struct sampler *sampler);

/* A record and all it points to are valid during the call only. */
typedef void sampler_handler(void *arg, const struct record *record);

/*
 * Hands out the records of all rings in the order of time, up to about 2 ms before now; all that
 * there are if `final` (after sampler_disable()). Blocks on nothing.
 */
void sampler_drain(struct sampler *sampler, bool final, sampler_handler *handler, void *arg);

/* What was opened, for the profile's meta data and for messages. */
size_t sampler_event_count(const struct sampler *sampler);
struct sampler_event sampler_event(const struct sampler *sampler, size_t index);
bool sampler_is_cpu_wide(const struct sampler *sampler); /* any event is: filter what is not yours */
u64 sampler_ring_bytes(const struct sampler *sampler); /* of each CPU's ring for samples */
u32 sampler_stack_bytes(const struct sampler *sampler); /* 0 without DWARF call graphs */
size_t sampler_cpu_count(const struct sampler *sampler);
/* Entries of the hardware's branch stack; 0: not known. */
u32 sampler_branch_depth(const struct sampler *sampler);
/* Of the process `pid` nothing is wanted: its samples need not be delivered; they may be. */
void sampler_mark_stranger(struct sampler *sampler, u32 pid);
void sampler_unmark_stranger(struct sampler *sampler, u32 pid);
/* Marks reach the kernel; if not, *why says why (NULL: there is no need). */
bool sampler_sifts(const struct sampler *sampler, const char **why);
bool sampler_is_stranger(const struct sampler *sampler, u32 pid); /* is marked */
/* Sentences that were said through notice() while opening. */
size_t sampler_notices(const struct sampler *sampler, const char *const **out);

/* Asks the kernel for the events' own counts of lost records too, so not for every round. */
struct sampler_counts sampler_counts(struct sampler *sampler);

#endif
