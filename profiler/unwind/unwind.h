/*
 * Registers and a copy of the stack to frames, by rule tables compiled from .eh_frame.
 *
 * The drain thread calls unwind_user() and never opens or parses a file there: tables come from the
 * loader thread (loader.h), and a sample that needs a missing one is told so (UNWIND_WAIT) and may
 * be tried again.
 */
#ifndef APROF_UNWIND_UNWIND_H
#define APROF_UNWIND_UNWIND_H

#include <aprof/frame.h>
#include <aprof/types.h>

#include "profiler/perf/sample.h"
#include "profiler/process/space.h"

struct unwinder;
struct loader;

struct unwinder *unwinder_new(struct loader *loader);
void unwinder_free(struct unwinder *unwinder);

/* A growing stack of frames, leaf first. */
struct stack {
	struct frame frames[APROF_MAX_DEPTH + 1];
	u32 count;
};

enum unwind_result {
	UNWIND_DONE, /* frames appended, with an end frame unless the start of the thread was reached */
	UNWIND_WAIT, /* nothing appended: the table of *wait_module is asked for and not there yet */
};

/*
 * Appends the user frames of `sample` (registers and stack copy) seen in `space`. With `final`, a
 * missing table is not waited for: the stack ends there with STOP_NO_TABLE.
 */
enum unwind_result unwind_user(struct unwinder *unwinder, const struct sample *sample,
			       const struct space *space, bool final, struct stack *out,
			       u32 *wait_module);

/* Appends the user part of a callchain (frame pointers walked by the kernel). */
void unwind_chain(const struct sample *sample, const struct space *space, struct stack *out);

/* Appends the kernel's part of a callchain: the first entry is an IP, the others return there. */
void unwind_kernel_chain(const struct sample *sample, u32 kernel_module, struct stack *out);

/* Appends the sampled instruction pointer alone. */
void unwind_ip(u64 ip, const struct space *space, struct stack *out);

/* Counters for the quality line and for `-v`. */
struct unwind_stats {
	u64 stacks, frames;
	u64 by_stop[STOP_COUNT];
	u64 by_source[SOURCE_COUNT];
};
const struct unwind_stats *unwinder_stats(const struct unwinder *unwinder);

#endif
