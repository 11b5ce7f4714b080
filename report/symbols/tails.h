/*
 * Functions that are on no stack because they left by a jump: tail calls.
 *
 * A return address stands behind a call. Where that is a direct call of X, and the frame inside of
 * it is of Y, X was entered and left by jumps that end at Y. If X's code has one way to jump there,
 * the jumps say which functions are missing, with all that was inlined at them; if it has none that
 * is direct, or several, X is still known to have been called.
 *
 * Jumps are found by their bytes (Intel SDM, JMP rel32 and Jcc rel32) and count only if they lead
 * to the start of what another FDE covers: that other bytes say so by chance is improbable.
 */
#ifndef APROF_SYMBOLS_TAILS_H
#define APROF_SYMBOLS_TAILS_H

#include <aprof/binary.h>
#include <aprof/intern.h>
#include <aprof/vec.h>

#include "report/load/profile.h"

struct jump {
	u64 from, to; /* vaddrs: of the jump, and of the function it leads to */
};

struct jump_vec VEC(struct jump);

/* One function that is missing, and the jumps by which it may have been left. */
struct tail_hop {
	u64 entry; /* vaddr */
	u32 first, count; /* in the jumps that were given back; 0: it is not known how it was left */
};

#define TAIL_HOPS 4 /* longer ways are not looked for */

struct tail_way {
	struct tail_hop hops[TAIL_HOPS]; /* the function that was called first */
	u32 count;
};

struct tails; /* what is known of one binary's jumps */

struct tails *tails_new(struct binary *bin);
void tails_free(struct tails *tails);

/*
 * The functions between the call before `return_address` and the one that holds `inside` (both
 * vaddrs). False if there are none, or the call is not direct. Jumps are appended to `jumps`.
 */
bool tails_find(struct tails *tails, u64 return_address, u64 inside, struct jump_vec *jumps,
		struct tail_way *way);

#endif
