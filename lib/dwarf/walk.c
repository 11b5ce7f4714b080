/* The walk over a unit's DIEs: see walk.h for what it looks for. */
#include "lib/dwarf/walk.h"

#include <aprof/alloc.h>
#include <dwarf.h>

#include "lib/dwarf/ranges.h"

/* What is known of the DIE whose children are being visited. */
struct level {
	u32 scope; /* innermost, NO_ID: none */
	u32 hit; /* innermost, NO_ID: none that inlined calls could belong to */
	bool closes; /* the scope ends with these children */
};

struct walk {
	struct unit *unit;
	const struct walk_query *query; /* NULL: scopes only */
	bool jump, jumped;
	const u8 *unit_start;
	struct bytes at;
	const u8 *die; /* the current one */
	struct level now;
	struct VEC(struct level) outer;
	struct scopes *scopes;
};

static u32 offset_in_unit(const struct walk *walk, const u8 *at)
{
	return (u32)(at - walk->unit_start);
}

static void enter(struct walk *walk, struct level level)
{
	*vec_push(&walk->outer) = walk->now;
	walk->now = level;
}

/* Behind the last child. False if there was nothing to leave. */
static bool leave(struct walk *walk)
{
	if (!walk->outer.len)
		return false;
	if (walk->now.closes)
		walk->scopes->data[walk->now.scope].end = offset_in_unit(walk, walk->at.at);
	walk->now = walk->outer.data[--walk->outer.len];
	return true;
}

static u32 add_scope(struct walk *walk, u32 end, bool unexplored)
{
	*vec_push(walk->scopes) = (struct scope){
		.start = offset_in_unit(walk, walk->die),
		.end = end,
		.parent = walk->now.scope,
		.unexplored = unexplored,
	};
	return (u32)walk->scopes->len - 1;
}

/* ---- what a DIE covers ---- */

struct cover {
	const struct walk_query *query;
	u32 first, last; /* of the hit around it, or of the unit */
	u32 id;
	u32 low, high; /* covered, half-open; low >= high: none */
};

static u32 first_at_least(const u64 *vaddrs, u32 low, u32 high, u64 address)
{
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (vaddrs[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void cover_range(void *arg, u64 low, u64 high)
{
	struct cover *cover = arg;
	const struct walk_query *query = cover->query;
	u32 i = first_at_least(query->vaddrs, cover->first, cover->last, low);

	for (; i < cover->last && query->vaddrs[i] < high; i++) {
		if (!budget_take(query->marks, 1))
			return;
		query->innermost[i] = cover->id;
		if (cover->low > i)
			cover->low = i;
		if (cover->high < i + 1)
			cover->high = i + 1;
	}
}

/* The values that the walk wants of the current DIE; at is at its first value. */
static bool read_values(struct walk *walk, const struct abbrev *abbrev, struct bytes at,
			struct code_values *code, struct value *sibling)
{
	const struct abbrev_table *table = walk->unit->abbrevs;
	const struct attr_spec *spec = abbrev_specs(table, abbrev);
	u32 i = abbrev->walk_direct ? abbrev->walk_first : 0;
	struct value v;

	*code = (struct code_values){ 0 };
	sibling->form = 0;
	if (abbrev->walk_direct)
		bytes_skip(&at, abbrev->walk_offset);
	for (; i < abbrev->walk_end; i++) {
		if (!form_read(&at, spec[i].form, spec[i].implicit, table->encoding, &v))
			return false;
		switch (spec[i].attr) {
		case DW_AT_low_pc:
			code->low = v;
			break;
		case DW_AT_high_pc:
			code->high = v;
			break;
		case DW_AT_ranges:
			code->ranges = v;
			break;
		case DW_AT_sibling:
			*sibling = v;
			break;
		}
	}
	return true;
}

/* The id of a new hit if the DIE covers an address, else NO_ID. */
static u32 find_hit(struct walk *walk, const struct code_values *code, u32 parent)
{
	const struct walk_query *query = walk->query;
	const struct hit *around = parent == NO_ID ? NULL : &query->hits->data[parent];
	struct cover cover = {
		.query = query,
		.first = around ? around->first : 0,
		.last = around ? around->last : query->count,
		.id = (u32)query->hits->len,
		.low = UINT32_MAX,
	};

	/* A damaged list counts for as far as it goes: the DIEs around it are whole. */
	code_ranges(walk->unit, code, cover_range, &cover);
	if (cover.low >= cover.high)
		return NO_ID;
	*vec_push(query->hits) = (struct hit){
		.die = offset_in_unit(walk, walk->die),
		.parent = parent,
		.first = cover.low,
		.last = cover.high,
	};
	return cover.id;
}

/* ---- the DIEs ---- */

/* Jumps over the children if that is allowed and the DIE says where they end. */
static bool jump_children(struct walk *walk, const struct value *sibling)
{
	u64 offset;
	const u8 *target;

	/* Other units may still be looked for: nothing here may lead to one. */
	if (!walk->jump || !unit_own_reference(walk->unit, sibling, &offset))
		return false;
	target = walk->unit_start + (offset - walk->unit->offset);
	if (target < walk->at.at || target > walk->at.end)
		return false;
	add_scope(walk, offset_in_unit(walk, target), true);
	walk->jumped = true;
	walk->at.at = target;
	return true;
}

/* A function: inlined calls in it belong to it, never to what is around it. */
static bool visit_function(struct walk *walk, const struct abbrev *abbrev)
{
	struct code_values code;
	struct value sibling;
	u32 hit = NO_ID;

	if (!read_values(walk, abbrev, walk->at, &code, &sibling))
		return false;
	if (walk->query && abbrev->role == ROLE_FUNCTION)
		hit = find_hit(walk, &code, NO_ID);
	if (!abbrev_skip(walk->unit->abbrevs, abbrev, &walk->at))
		return false;
	if (abbrev->children && (hit != NO_ID || !jump_children(walk, &sibling)))
		enter(walk, (struct level){ .scope = walk->now.scope, .hit = hit });
	return true;
}

static bool visit_inlined(struct walk *walk, const struct abbrev *abbrev)
{
	struct code_values code;
	struct value sibling;
	u32 hit = NO_ID;

	if (walk->now.hit != NO_ID) {
		if (!read_values(walk, abbrev, walk->at, &code, &sibling))
			return false;
		hit = find_hit(walk, &code, walk->now.hit);
	}
	if (!abbrev_skip(walk->unit->abbrevs, abbrev, &walk->at))
		return false;
	if (abbrev->children)
		enter(walk, (struct level){ .scope = walk->now.scope, .hit = hit });
	return true;
}

static bool visit_other(struct walk *walk, const struct abbrev *abbrev)
{
	struct level level = { .scope = walk->now.scope, .hit = walk->now.hit };

	if (!abbrev_skip(walk->unit->abbrevs, abbrev, &walk->at))
		return false;
	if (abbrev->role == ROLE_SCOPE) {
		level.scope = add_scope(walk, offset_in_unit(walk, walk->at.end), false);
		level.hit = NO_ID;
		level.closes = true;
	}
	if (abbrev->children)
		enter(walk, level);
	return true;
}

static bool visit(struct walk *walk, const struct abbrev *abbrev)
{
	switch ((enum die_role)abbrev->role) {
	case ROLE_FUNCTION:
	case ROLE_DECLARATION:
		return visit_function(walk, abbrev);
	case ROLE_INLINED:
		return visit_inlined(walk, abbrev);
	case ROLE_SCOPE:
	case ROLE_OTHER:
		break;
	}
	return visit_other(walk, abbrev);
}

static bool walk_dies(struct walk *walk)
{
	const struct abbrev_table *table = walk->unit->abbrevs;

	while (bytes_left(&walk->at)) {
		const struct abbrev *abbrev;
		u64 code;

		walk->die = walk->at.at;
		code = bytes_varint(&walk->at);
		if (!code) {
			/* Padding behind the unit's DIE is no damage. */
			if (!walk->at.bad && leave(walk))
				continue;
			return !walk->at.bad;
		}
		abbrev = abbrev_find(table, code);
		if (!abbrev)
			return false;
		/* The most common case by far. */
		if (abbrev->role == ROLE_OTHER && !abbrev->children) {
			if (!abbrev_skip(table, abbrev, &walk->at))
				return false;
		} else if (!visit(walk, abbrev)) {
			return false;
		}
	}
	return true;
}

bool unit_walk(struct unit *unit, const struct walk_query *query, bool jump, bool *jumped)
{
	struct walk walk = {
		.unit = unit,
		.query = query,
		.jump = jump,
		.now = { .scope = NO_ID, .hit = NO_ID },
	};
	bool whole;

	if (!unit->scopes)
		unit->scopes = xzalloc(sizeof *unit->scopes);
	unit->scopes->len = 0;
	if (!unit_read(unit))
		return false;
	walk.scopes = unit->scopes;
	walk.at = dwarf_section_at(unit->file, DWARF_INFO, unit->offset);
	walk.unit_start = walk.at.at;
	walk.at.end = walk.unit_start + (unit->end - unit->offset);
	bytes_skip(&walk.at, unit->header_size);
	whole = walk_dies(&walk);
	vec_release(&walk.outer);
	if (jumped)
		*jumped = walk.jumped;
	return whole || unit_damaged(unit);
}

u32 unit_scope_of(struct unit *unit, u64 die)
{
	const struct scopes *scopes;
	size_t low = 0, high;
	u32 offset = (u32)(die - unit->offset), found;

	if (!unit->scopes)
		unit_walk(unit, NULL, false, NULL);
	scopes = unit->scopes;
	for (high = scopes->len; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (scopes->data[middle].start < offset)
			low = middle + 1;
		else
			high = middle;
	}
	/* The last that starts before it, or one around that. */
	for (found = (u32)low - 1; found != NO_ID; found = scopes->data[found].parent)
		if (scopes->data[found].end > offset)
			break;
	if (found == NO_ID || !scopes->data[found].unexplored)
		return found;
	unit_walk(unit, NULL, false, NULL);
	return unit_scope_of(unit, die);
}
