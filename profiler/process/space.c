/* Address spaces: reference counts, and the change that puts a mapping in. */
#include "profiler/process/space.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "profiler/process/space_edit.h"

/* Only the drain thread makes spaces. */
static u64 next_generation = 1;

static struct space *space_alloc(u32 count)
{
	struct space *space = xmalloc(sizeof *space + count * sizeof *space->maps);

	space->refs = 1;
	space->count = count;
	space->generation = next_generation++;
	return space;
}

struct space *space_new(void)
{
	return space_alloc(0);
}

struct space *space_get(struct space *space)
{
	space->refs++;
	return space;
}

void space_put(struct space *space)
{
	if (space && --space->refs == 0)
		free(space);
}

/* The part of `old` left of `at`. */
static struct mapping left_part(const struct mapping *old, u64 at)
{
	struct mapping part = *old;

	part.end = at;
	return part;
}

static struct mapping right_part(const struct mapping *old, u64 at)
{
	struct mapping part = *old;

	part.offset += at - old->start;
	part.start = at;
	return part;
}

static bool same_mapping(const struct mapping *a, const struct mapping *b)
{
	return a->start == b->start && a->end == b->end && a->offset == b->offset &&
	       a->module == b->module;
}

/*
 * Copies `old` with `map` put in (or, if `map->module` is NO_ID, its range taken out). What it
 * overlaps is cut: the kernel reports no munmap, a later mapping of the same range says as much.
 */
void space_replace(struct space **where, const struct mapping *map)
{
	struct space *old = *where;
	const struct mapping *there = space_find(old, map->start);
	struct space *next;
	u32 n = 0;
	bool placed = map->module == NO_ID;

	if (map->start >= map->end || (there && same_mapping(there, map)))
		return;
	/* One old mapping may be cut into two, and there is the new one. */
	next = space_alloc(old->count + 2);
	for (u32 i = 0; i < old->count; i++) {
		const struct mapping *m = &old->maps[i];

		if (m->start < map->start)
			next->maps[n++] = m->end > map->start ? left_part(m, map->start) : *m;
		if (m->end <= map->start)
			continue;
		if (!placed) {
			next->maps[n++] = *map;
			placed = true;
		}
		if (m->start >= map->end)
			next->maps[n++] = *m;
		else if (m->end > map->end)
			next->maps[n++] = right_part(m, map->end);
	}
	if (!placed)
		next->maps[n++] = *map;
	next->count = n;
	space_put(old);
	*where = next;
}
