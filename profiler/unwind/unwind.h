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

/*
 * The user address at which the sample's interrupt came, where that is another one than the precise
 * address (PEBS, IBS): the head of the chain's user part (Linux 4.18, 6cbc304f2f36). The stack, and
 * before Ice Lake the registers, are of that moment.
 */
bool sample_interrupted_at(const struct sample *sample, u64 *ip);

/*
 * The same for a precise sample: cost goes to the precise address, the stack is that of the
 * interrupt. Where a call or return lies between the two, the leaf is marked FRAME_SKID, and callers
 * are given only if the code proves that they are its.
 */
enum unwind_result unwind_precise(struct unwinder *unwinder, const struct sample *sample,
				  const struct space *space, bool final, struct stack *out,
				  u32 *wait_module);

/* Precise samples bring the event's registers (Ice Lake and later), not the interrupt's. */
void unwinder_set_event_registers(struct unwinder *unwinder, bool yes);

/*
 * The precise address as leaf of a stack that begins at the interrupted one: frames from `from` on.
 * Needs no tables, but where there are none only nearby addresses count as one function.
 */
void unwind_settle(struct unwinder *unwinder, const struct sample *sample,
		   const struct space *space, u32 from, struct stack *out);

/* The same for a precise sample in the kernel, whose chain is in `out` alone. */
void unwind_settle_kernel(const struct sample *sample, struct stack *out);

/*
 * Call-stack LBR: the leaf, then the calls that have not returned, newest first, stitched to those of
 * earlier samples of the thread. Every such sample is to be shown to the unwinder, in order.
 */
void unwind_calls(struct unwinder *unwinder, const struct sample *sample,
		  const struct space *space, struct stack *out);
/* Goes on with calls where the copy of the stack has ended; frames from `from` on. */
void unwind_continue(struct unwinder *unwinder, const struct sample *sample,
		     const struct space *space, u32 from, struct stack *out);
/* Registers of the hardware's branch stack; 0 (not known): nothing is stitched. */
void unwinder_set_lbr_depth(struct unwinder *unwinder, u32 depth);
/* The thread has ended or called exec. */
void unwinder_forget_thread(struct unwinder *unwinder, u32 tid);

/* Appends the user part of a callchain (frame pointers walked by the kernel). */
void unwind_chain(const struct sample *sample, const struct space *space, struct stack *out);

/* Appends the kernel's part of a callchain: the first entry is an IP, the others return there. */
void unwind_kernel_chain(const struct sample *sample, u32 kernel_module, struct stack *out);

/* Appends the sampled instruction pointer alone. */
void unwind_ip(u64 ip, const struct space *space, struct stack *out);

/* Counters for the quality line and for `-v`. */
struct unwind_stats {
	u64 stacks, frames;
	u64 reach; /* bytes above rsp that the deepest whole stack took */
	u64 cut; /* stacks that went on where a full copy ended */
	u64 by_stop[STOP_COUNT];
	u64 by_source[SOURCE_COUNT];
};
const struct unwind_stats *unwinder_stats(const struct unwinder *unwinder);

#endif
