/* Folded lines: gathered, sorted, joined where they are equal, printed. */
#ifndef APROF_RENDER_FOLDED_H
#define APROF_RENDER_FOLDED_H

#include <stdio.h>

#include "report/tree/calltree.h"

struct folded_line {
	char *stack; /* "a;b;c" */
	u64 counts[2];
};

struct folded {
	struct folded_lines VEC(struct folded_line) lines;
	struct label_ids path; /* scratch */
};

/* The stack that ends at a node. */
void folded_add(struct folded *folded, const struct calltree *tree, u32 node, u64 first,
		u64 second);

/* Prints all with one or two counts a line, and releases them. */
void folded_print(struct folded *folded, FILE *out, int counts);

#endif
