/* One function's cost by source line, with what it awaits and calls from each. */
#ifndef APROF_TREE_LINES_H
#define APROF_TREE_LINES_H

#include "report/tree/calltree.h"

struct line_callee {
	u32 label;
	struct amount amount;
	bool awaited; /* an async body, awaited here */
};

struct line_callees VEC(struct line_callee);

struct line_cost {
	const char *file; /* as DWARF has it; NULL: no line is known */
	u32 line;
	u8 mark; /* enum site_mark */
	struct amount self, total;
	struct line_callees callees; /* most costly first */
};

struct line_costs {
	struct line_cost_vec VEC(struct line_cost) lines; /* by file, line */
	struct amount self, total; /* of the function */
};

/* The tree was gathered with the line of every step. A recursive function counts once a stack. */
void lines_build(struct line_costs *out, const struct calltree *tree, u32 label);
void lines_release(struct line_costs *costs);

#endif
