/*
 * One pass over a unit's DIEs, directed by the addresses asked for.
 *
 * Only functions with code, and inlined calls within those that cover an address, are decoded. All
 * else is skipped, but namespaces and types are noted as scopes, for the paths of functions.
 */
#ifndef APROF_DWARF_WALK_H
#define APROF_DWARF_WALK_H

#include <aprof/types.h>
#include <aprof/vec.h>

#include "lib/dwarf/unit.h"

/* A function or an inlined call that covers an address asked for. */
struct hit {
	u32 die; /* from the unit's offset */
	u32 parent; /* what it is inlined into: an index, NO_ID for a function */
	u32 first, last; /* the queries it may cover: indices, half-open */
};

struct hits VEC(struct hit);

/* What a walk is asked. */
struct walk_query {
	const u64 *vaddrs; /* sorted ascending */
	u32 count;
	u32 *innermost; /* the deepest hit of each address: written; NO_ID before */
	struct hits *hits; /* added to */
	struct budget *marks; /* how often an address may be covered, in all */
};

/*
 * Walks the unit and replaces its scopes. Without `query` only scopes are noted. With `jump`, the
 * children of functions that cover nothing are jumped over where the DIE says where they end;
 * *jumped (may be NULL) says if that happened. False if the unit is damaged.
 */
bool unit_walk(struct unit *unit, const struct walk_query *query, bool jump, bool *jumped);

/* The innermost scope around a DIE: an index in unit->scopes, NO_ID if it is the unit. */
u32 unit_scope_of(struct unit *unit, u64 die);

#endif
