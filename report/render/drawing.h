/*
 * A call tree drawn for a terminal, beside columns that the caller prints.
 *
 * Only a fork, and the root, cost a step to the right: a function that is all that its parent calls
 * stands right below it, so that an await chain of thirty fits into 80 columns.
 */
#ifndef APROF_RENDER_DRAWING_H
#define APROF_RENDER_DRAWING_H

#include <stdio.h>

#include "report/render/style.h"
#include "report/tree/calltree.h"

struct drawing {
	FILE *out;
	const struct style *style;
	const struct calltree *tree; /* finished: children are in order */
	struct amount all; /* what shares are of */
	double limit; /* smallest share that is shown */
	unsigned int left_width; /* columns that `left` prints */
	void (*left)(const struct drawing *drawing, u32 node);
	const void *arg;
};

/* The tree, and a line on how many branches were too small. */
void drawing_print(const struct drawing *drawing);

#endif
