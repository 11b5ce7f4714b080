/* CPU by task root: what each kind of task costs, and its hottest chain. */
#ifndef APROF_TREE_TASKS_H
#define APROF_TREE_TASKS_H

#include "report/tree/calltree.h"

struct task_row {
	u32 root; /* label, "[truncated]" where the root was not seen; NO_ID: ran outside of tasks */
	struct amount amount;
	u32 hottest; /* node of the distinct stack that was seen most often */
};

struct tasks VEC(struct task_row);

/* Largest first, what is outside of tasks last. Release with vec_release(). */
void tasks_build(struct tasks *out, const struct calltree *tree);

#endif
