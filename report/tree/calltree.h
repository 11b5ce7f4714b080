/*
 * A tree of names with how often each path was seen: the shape behind every report.
 *
 * One node a distinct path, whatever the number of samples. A node's id is larger than its
 * parent's. Node 0 is the root of all and has no name.
 */
#ifndef APROF_TREE_CALLTREE_H
#define APROF_TREE_CALLTREE_H

#include <aprof/types.h>
#include <aprof/vec.h>

#include "report/tree/labels.h"

struct amount {
	u64 samples;
	u64 weight; /* sum of the samples' periods, in the event's unit */
};

struct calltree_node {
	u32 parent; /* NO_ID at node 0 */
	u32 label; /* NO_ID at node 0 */
	u32 site; /* where this step calls or awaits the next; NO_ID if unknown or not asked for */
	u32 first_child, next_sibling; /* NO_ID at the end */
	u32 depth; /* 0 at node 0 */
	bool is_task; /* a task root */
	struct amount self;
	struct amount total; /* valid after calltree_finish() */
};

struct calltree {
	struct label_set *labels;
	struct calltree_vec VEC(struct calltree_node) nodes;
	u32 *slots; /* open addressing over (parent, label, site); node id, 0 is free */
	u32 slot_mask;
};

void calltree_init(struct calltree *tree, struct label_set *labels);
void calltree_release(struct calltree *tree);

/* The child of that name, made on first use. */
u32 calltree_child(struct calltree *tree, u32 parent, u32 label, u32 site);
void calltree_add(struct calltree *tree, u32 node, struct amount self);

/* Sums the totals and orders children, largest total first, then by name. After the last add. */
void calltree_finish(struct calltree *tree);

/* The node behind `node` in depth-first order, NO_ID behind the last; start with 0. */
u32 calltree_next(const struct calltree *tree, u32 node);
/* The same, without the children of `node`. */
u32 calltree_skip(const struct calltree *tree, u32 node);

static inline const char *calltree_name(const struct calltree *tree, u32 node)
{
	return labels_name(tree->labels, tree->nodes.data[node].label);
}

static inline struct amount calltree_all(const struct calltree *tree)
{
	return tree->nodes.data[0].total;
}

static inline void amount_add(struct amount *to, struct amount add)
{
	to->samples += add.samples;
	to->weight += add.weight;
}

/* Part of the whole, 0 to 1: by weight, by samples where the event has no weight. */
static inline double amount_share(struct amount part, struct amount whole)
{
	if (whole.weight)
		return (double)part.weight / (double)whole.weight;
	return whole.samples ? (double)part.samples / (double)whole.samples : 0;
}

#endif
