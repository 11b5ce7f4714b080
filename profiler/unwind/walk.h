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
	struct lbr *lbr; /* lbr.h; made on first use */
	u32 lbr_depth;
	bool event_registers;
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

enum proof {
	PROOF_NONE, /* not a return address */
	PROOF_WEAK, /* executable, without text to look at */
	PROOF_CALL, /* a call stands before it */
};

/* Whether an address is one that a call returns to (gap.c). waits_for is set if a table is missing. */
enum proof walk_prove(struct walk *w, u64 address);

/* The length of the call that ends at a file offset (gap.c); 0 if none does. */
size_t call_before(const struct table *table, u64 offset);

/* At the sampled registers (unwind.c). */
void walk_start(struct walk *w, struct unwinder *unwinder, const struct sample *sample,
		const struct space *space);
/* From the current frame, which is appended, to the next: GO_ON, a reason to stop, or waits_for is
   set. */
enum stop_reason walk_one(struct walk *w, struct stack *out);
/* All that is left, and the end. Frames from `from` on are this walk's. */
enum unwind_result walk_rest(struct walk *w, u32 from, bool final, struct stack *out,
			     u32 *wait_module);
/* The frame that tells why a stack ended; none for STOP_END. */
void stack_end(struct stack *out, enum stop_reason reason, enum frame_source source);
void stack_count(struct unwind_stats *stats, const struct stack *out, u32 from,
		 enum stop_reason stop);

/* Marks a precise sample's own leaf if its interrupt came in another function (precise.c). */
void mark_skid(struct unwinder *unwinder, const struct sample *sample, const struct space *space,
	       struct frame *leaf);

enum instruction {
	INSTRUCTION_UNKNOWN, /* no text to look at */
	INSTRUCTION_OTHER,
	INSTRUCTION_CALL,
	INSTRUCTION_RETURN,
};

/* What stands at an address (precise.c). */
/* Only the event's place: nothing proves who called it. */
void skid_alone(struct unwinder *unwinder, const struct sample *sample, const struct space *space,
		struct stack *out);
/* Both addresses are in one function, as far as that is known. */
bool in_one_function(struct unwinder *unwinder, const struct space *space, u64 a, u64 b);
enum instruction instruction_at(struct unwinder *unwinder, const struct space *space, u64 address);

/* One step where no rule covers the place (gap.c). */
enum stop_reason walk_gap(struct walk *w);

/* To the interrupted code, whose rsp and rip are saved at `at`. */
enum stop_reason walk_signal(struct walk *w, u64 at);

#endif
