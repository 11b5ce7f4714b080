/*
 * An address space as unwinding sees it: each mapping with its module's table, found once.
 *
 * Spaces are immutable and have a number of their own, so views are kept by that number.
 */
#ifndef APROF_UNWIND_VIEW_H
#define APROF_UNWIND_VIEW_H

#include <aprof/frame.h>
#include <aprof/types.h>

#include "profiler/process/space.h"
#include "profiler/unwind/loader.h"
#include "profiler/unwind/table.h"

enum place_state {
	PLACE_UNKNOWN, /* not looked at yet, or its table is being built */
	PLACE_READY, /* `table` is set, or NULL where there are no rules (JIT) */
	PLACE_FAILED, /* `why` is set */
};

/* One mapping. */
struct place {
	u64 start, end;
	u64 bias; /* address + bias = file offset */
	const struct table *table;
	u32 module;
	u8 state; /* enum place_state */
	u8 why; /* enum stop_reason */
};

struct view {
	u64 generation; /* of the space; 0: unused */
	u32 count;
	struct place *places; /* as space->maps */
};

#define VIEW_SLOTS 64

struct views {
	struct view slots[VIEW_SLOTS];
};

void views_release(struct views *views);
struct view *view_of(struct views *views, const struct space *space);

/* Asks the loader for the table if it is not known; true if it is still being built. */
bool place_waits(struct place *place, struct loader *loader);

/* What was added to the file's link-time addresses; `table` is there and has a file. */
u64 place_load(const struct place *place);

#endif
