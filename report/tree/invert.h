/* The call tree read from the other end: who calls what costs time. */
#ifndef APROF_TREE_INVERT_H
#define APROF_TREE_INVERT_H

#include "report/tree/calltree.h"

/* Paths from the leaf towards the root. `out` is initialised and uses the same labels. */
void invert_all(struct calltree *out, const struct calltree *tree);

/*
 * For each of `functions`: the paths from it towards the root, a stack once, from its outermost
 * call, so that a recursive function's callers are those from outside.
 */
void invert_callers(struct calltree *out, const struct calltree *tree,
		    const struct label_ids *functions);

#endif
