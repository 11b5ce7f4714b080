/* A call tree as a flat list of functions: each once, with its self and its total amount. */
#ifndef APROF_TREE_FLAT_H
#define APROF_TREE_FLAT_H

#include "report/tree/calltree.h"

struct flat_row {
	u32 label;
	struct amount self;
	struct amount total; /* a recursive function counts once a stack */
};

struct flat VEC(struct flat_row);

enum flat_order {
	FLAT_BY_SELF,
	FLAT_BY_TOTAL,
};

/* Appends a row for each label of the tree, best first. Release with vec_release(). */
void flat_build(struct flat *out, const struct calltree *tree, enum flat_order order);

#endif
