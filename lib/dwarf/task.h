/* One unit and the addresses that it is asked for: walk, line program, names of what was hit. */
#ifndef APROF_DWARF_TASK_H
#define APROF_DWARF_TASK_H

#include <aprof/types.h>
#include <aprof/vec.h>

#include "lib/dwarf/function.h"
#include "lib/dwarf/line.h"
#include "lib/dwarf/walk.h"

struct task_address {
	u64 vaddr;
	u32 query; /* index in the whole query */
	u32 hit; /* innermost, in task->hits; NO_ID: no function covers it */
	struct line_place place;
};

/* What is known of a hit once it is named. */
struct level {
	const struct dwarf_function *function; /* NULL: not named yet */
	struct call_site call; /* of an inlined one */
};

struct task {
	struct unit *unit;
	struct budget *marks; /* shared by all tasks of a query */
	bool skipped_lines; /* the unit has lines, which nobody wants */
	struct VEC(struct task_address) addresses; /* ascending, once the task runs */
	struct hits hits;
	struct VEC(struct level) levels; /* of the hits */
};

void task_init(struct task *task, struct unit *unit, struct budget *marks);
void task_release(struct task *task);
void task_add(struct task *task, u32 query, u64 vaddr);

/* Finds the hit and the line of each address. Touches nothing of other units. */
void task_run(struct task *task);

const struct level *task_level(struct task *task, u32 hit, struct functions *functions);

#endif
