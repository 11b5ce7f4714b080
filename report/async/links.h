/*
 * Source frames and what they are to the chains they appear in.
 *
 * A frame is in many stacks, and what it expands to is the same in all of them, but for the innermost:
 * it is worked out once, and stacks are put together by copying.
 */
#ifndef APROF_ASYNC_LINKS_H
#define APROF_ASYNC_LINKS_H

#include <aprof/vec.h>

#include "report/async/kind.h"
#include "report/load/profile.h"
#include "report/symbols/symbols.h"

struct link {
	u32 function;
	u32 line; /* where this function stands: of the call to the next inner link */
	u32 column;
	u8 role; /* kind->role, unless the stack around it says otherwise */
	bool inlined;
	bool missing; /* from the stack: it left by a tail call */
	bool merged; /* a body that may be another: LLVM made one of the code of two */
	const char *file;
	const struct kind *kind;
};

struct link_vec VEC(struct link);

struct links {
	const struct profile *profile;
	const struct symbols *symbols;
	struct kinds *kinds;
	struct link_vec all; /* of frames, each leaf first */
	u32 *first; /* frame id -> index of its first one; frame_count + 1 entries */
};

/* All three must stay until links_release(). */
void links_init(struct links *links, const struct profile *profile, const struct symbols *symbols,
		struct kinds *kinds);
void links_release(struct links *links);

/* Empties `out` and fills it, leaf first; NO_ID is a stack without frames. */
void links_of_stack(const struct links *links, u32 stack, struct link_vec *out);

#endif
