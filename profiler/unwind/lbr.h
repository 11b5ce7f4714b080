/*
 * The hardware's record of calls (LBR in call-stack mode), continued beyond its few registers.
 *
 * The CPU keeps the newest 8 to 32 calls that have not returned, in registers used as a ring: a call
 * overwrites the oldest entry when all are in use, a return takes the newest away. What a deeper call
 * overwrites was seen by an earlier sample. A sample tells the register of its newest entry (hw_idx),
 * so each entry's register is known, and two samples of a thread can be laid over each other:
 *
 *	register         0 1 2 3 4 5 6 7
 *	earlier sample   i j c d e f g h     newest j in 1, oldest c in 2
 *	this sample      i j k l m f g h     newest m in 4, oldest f in 5
 *
 * The registers of this sample's oldest entries (f g h i j) held the same calls then, so those that
 * were below them then (c d e) are below them still: m l k j i h g f + e d c.
 */
#ifndef APROF_UNWIND_LBR_H
#define APROF_UNWIND_LBR_H

#include <aprof/types.h>

#include "profiler/perf/sample.h"

#define LBR_CALLS_MAX 512

struct lbr_call {
	u64 from; /* the call instruction */
	u64 to;
};

/* A stack of calls, the newest first. */
struct lbr_calls {
	u32 count;
	u32 held; /* of them by the hardware; the rest was stitched on */
	bool full; /* every register was in use: there are older calls, which may be missing */
	struct lbr_call calls[LBR_CALLS_MAX];
};

/* What is remembered of threads; bounded, whatever their number. */
struct lbr;

struct lbr *lbr_new(void);
void lbr_free(struct lbr *lbr);
/* The thread has ended or called exec. */
void lbr_forget(struct lbr *lbr, u32 tid);

/*
 * The calls of a sample with call-stack branches. `depth` is the number of the hardware's registers;
 * 0, not known: nothing is stitched.
 */
void lbr_read(struct lbr *lbr, const struct sample *sample, u32 depth, struct lbr_calls *out);

#endif
