/*
 * One physical stack, expanded into its source frames and cut where its task begins.
 */
#ifndef APROF_ASYNC_CHAIN_H
#define APROF_ASYNC_CHAIN_H

#include <aprof/vec.h>

#include "report/async/kind.h"
#include "report/load/profile.h"
#include "report/symbols/symbols.h"

struct link {
	u32 function;
	u32 line; /* where this function stands: of the call to the next inner link */
	u32 column;
	const char *file;
	const struct kind *kind;
	u8 role; /* kind->role, unless the stack around it says otherwise */
	bool inlined;
	bool missing; /* from the stack: it left by a tail call */
	bool merged; /* a body that may be another: LLVM made one of the code of two */
};

struct chain {
	struct VEC(struct link) links; /* leaf first */
	size_t root; /* index of the task's root; links.len if there is none */
	bool bounded; /* the boundary that the task stands under was seen */
	bool ended_early; /* the outermost link is an early end */
};

void chain_release(struct chain *chain);

/* Expands `stack` (NO_ID: no frames) and finds its root. `chain` is used again and again. */
void chain_read(struct chain *chain, const struct profile *profile, const struct symbols *symbols,
		struct kinds *kinds, u32 stack);

static inline bool chain_has_task(const struct chain *chain)
{
	return chain->root < chain->links.len;
}

#endif
