/*
 * One physical stack, expanded into its source frames and cut where its task begins.
 */
#ifndef APROF_ASYNC_CHAIN_H
#define APROF_ASYNC_CHAIN_H

#include "report/async/links.h"

struct chain {
	struct link_vec links; /* leaf first */
	size_t root; /* index of the task's root; links.len if there is none */
	bool bounded; /* the boundary that the task stands under was seen */
	bool ended_early; /* the outermost link is an early end */
};

void chain_release(struct chain *chain);

/* Expands `stack` (NO_ID: no frames) and finds its root. `chain` is used again and again. */
void chain_read(struct chain *chain, const struct links *links, u32 stack);

static inline bool chain_has_task(const struct chain *chain)
{
	return chain->root < chain->links.len;
}

#endif
