/*
 * Address spaces: which module is mapped where in a process, as of the record being handled.
 *
 * A space is immutable and counted by reference, so that a sample that waits for an unwind table
 * keeps the picture of its own moment, and fork shares it. A change makes a new space (adding to the
 * process's own unshared one happens in place). `generation` differs between any two different
 * pictures: caches key on it.
 */
#ifndef APROF_PROCESS_SPACE_H
#define APROF_PROCESS_SPACE_H

#include <aprof/frame.h>
#include <aprof/types.h>

struct mapping {
	u64 start, end; /* half open; executable mappings only */
	u64 offset; /* in the file, of start; for JIT modules: start itself */
	u32 module; /* id in struct modules */
	u32 prot;
};

struct space {
	u32 refs;
	u32 count;
	u64 generation; /* unique in the session, never 0 */
	struct mapping maps[]; /* sorted, disjoint */
};

struct space *space_get(struct space *space); /* one reference more */
void space_put(struct space *space); /* NULL is fine */

/* NULL if no executable mapping holds the address. */
static inline const struct mapping *space_find(const struct space *space, u64 addr)
{
	u32 lo = 0, hi = space->count;

	while (lo < hi) {
		u32 mid = (lo + hi) / 2;

		if (space->maps[mid].end <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < space->count && space->maps[lo].start <= addr ? &space->maps[lo] : NULL;
}

#endif
