/*
 * A tree with await sites as one without, each node keeping where it was awaited.
 *
 * For pictures: a body that awaits the same function at two lines is one box, not two.
 */
#ifndef APROF_TREE_AWAITS_H
#define APROF_TREE_AWAITS_H

#include "report/tree/calltree.h"

struct awaited { /* how much of a node came through one await site of its parent */
	u32 node;
	u32 site;
	struct amount amount;
};

struct awaited_list VEC(struct awaited);

/*
 * `out` gets the merged tree, finished, with the labels of `tree`; `awaits` is sorted by node, then
 * largest first.
 */
void awaits_merge(struct calltree *out, struct awaited_list *awaits, const struct calltree *tree);

#endif
