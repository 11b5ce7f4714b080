/*
 * Folded stacks, as flame graph tools read them: a line for each distinct path of a tree, "a;b;c" and
 * its counts, in the order of their bytes.
 */
#ifndef APROF_RENDER_FOLDED_H
#define APROF_RENDER_FOLDED_H

#include <stdio.h>

#include "report/tree/calltree.h"

#define FOLDED_COUNTS 2

/* What a node itself was seen; false if that is nothing. */
typedef bool folded_counts(const void *arg, u32 node, u64 counts[FOLDED_COUNTS]);

/* Prints the first `count` of the counts of each line. */
void folded_print(FILE *out, const struct calltree *tree, folded_counts *counts_of, const void *arg,
		  int count);

#endif
