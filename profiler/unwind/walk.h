/* The state of one unwinding: where the walk is, and what it walks on. */
#ifndef APROF_UNWIND_WALK_H
#define APROF_UNWIND_WALK_H

#include <string.h>

#include "profiler/unwind/unwind.h"
#include "profiler/unwind/view.h"

struct remote;

struct unwinder {
	struct loader *loader;
	struct views views;
	struct remote *remote; /* libunwind.h; made on first use */
	u64 walks;
	struct unwind_stats stats;
};

struct walk {
	struct unwinder *unwinder;
	const struct sample *sample;
	const struct space *space;
	struct view *view;
	struct place *place; /* of the current frame; NULL before the first */
	u64 ip, sp, bp; /* of the current frame */
	u64 ahead; /* the stack is prefetched up to here */
	u32 depth; /* frames walked; 0: all registers are the sampled ones */
	u64 serial; /* of the walk: libunwind's state is kept for one */
	bool exact; /* ip is the instruction itself, not one behind a call */
	bool jumped; /* over a signal frame: other registers are unknown, the stack may be another */
	u8 source; /* who found the current frame */
	u32 waits_for; /* module id; NO_ID */
};

/* What a step comes to: GO_ON, or the reason to stop. */
#define GO_ON STOP_COUNT

/* Eight bytes of the stack copy. */
static inline bool walk_read(const struct walk *w, u64 address, u64 *value)
{
	u64 at = address - w->sample->regs.reg[UREG_SP];

	if (w->sample->stack_size < sizeof *value || at > w->sample->stack_size - sizeof *value)
		return false;
	memcpy(value, w->sample->stack + at, sizeof *value);
	return true;
}

/* The mapping that holds an address; NULL if none that is executable does. */
struct place *walk_find(const struct walk *w, u64 address);

/* A sampled register by DWARF's number, up to 16 for rip. */
u64 walk_sampled_reg(const struct walk *w, u32 dwarf);

/* Why memory at `address`, which a rule asked for, is not there. */
enum stop_reason walk_missing(const struct walk *w, u64 address);

/* One step where no rule covers the place (gap.c). */
enum stop_reason walk_gap(struct walk *w);

/* To the interrupted code, whose rsp and rip are saved at `at`. */
enum stop_reason walk_signal(struct walk *w, u64 at);

#endif
