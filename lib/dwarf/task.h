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
	struct call_site at; /* the same, once it is named */
};

/* What is known of a hit once it is named. */
struct level {
	bool has_call;
	const struct dwarf_function *function; /* NULL: not named yet */
	struct call_site call; /* of an inlined one */
};

struct task {
	struct unit *unit;
	struct budget *marks; /* shared by all tasks of a query */
	bool whole; /* the unit was walked to its end */
	bool skipped_lines; /* it has lines, which nobody wants */
	struct VEC(struct task_address) addresses; /* ascending, once the unit is walked */
	struct hits hits;
	struct VEC(struct level) levels; /* of the hits */
};

void task_init(struct task *task, struct unit *unit, struct budget *marks);
void task_release(struct task *task);
void task_add(struct task *task, u32 query, u64 vaddr);

/*
 * Finds the hit of each address; then its line; then names both, but for functions that other units
 * have a part in. Nothing of other units is touched.
 */
void task_walk(struct task *task);
void task_find_lines(struct task *task);
void task_name(struct task *task, struct functions *functions);

/* A hit with its name, wherever that is. */
const struct level *task_level(struct task *task, u32 hit, struct functions *functions);

#endif
