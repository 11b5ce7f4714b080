/* Folded lines: gathered, sorted, joined where they are equal, printed. */
#ifndef APROF_RENDER_FOLDED_H
#define APROF_RENDER_FOLDED_H

#include <stdio.h>

#include <aprof/arena.h>
#include <aprof/text.h>

#include "report/tree/calltree.h"

struct folded_line {
	const char *stack; /* "a;b;c" */
	u64 counts[2];
};

/* A name as it is written. */
struct folded_name {
	u32 start, len; /* in names_text; len 0: not written yet */
};

struct folded {
	struct folded_lines VEC(struct folded_line) lines;
	struct arena arena; /* of their stacks */
	struct VEC(struct folded_name) names; /* by label */
	struct text names_text;
	struct text line, site; /* scratch */
	struct label_ids path;
};

/* The stack that ends at a node; all are of one tree. */
void folded_add(struct folded *folded, const struct calltree *tree, u32 node, u64 first,
		u64 second);

/* Prints all with one or two counts a line, and releases them. */
void folded_print(struct folded *folded, FILE *out, int counts);

#endif
