/*
 * Abbreviation tables, compiled for a walk that skips most DIEs.
 *
 * Most abbreviations have values of fixed size only: such a DIE is skipped by one addition. The
 * others are skipped by a short list of steps: so many bytes, then one value of variable size.
 */
#ifndef APROF_DWARF_ABBREV_H
#define APROF_DWARF_ABBREV_H

#include <aprof/bytes.h>
#include <aprof/types.h>
#include <aprof/vec.h>

#include "lib/dwarf/form.h"

struct attr_spec {
	u16 attr; /* DW_AT_* */
	u16 form; /* DW_FORM_* */
	i64 implicit; /* DW_FORM_implicit_const */
};

struct skip_step {
	u32 bytes;
	u8 shape; /* enum form_shape; SHAPE_FIXED: nothing follows the bytes */
};

/* What a walk does with a DIE. */
enum die_role {
	ROLE_OTHER,
	ROLE_SCOPE, /* a namespace or type with children: part of the path of what is in it */
	ROLE_FUNCTION, /* DW_TAG_subprogram with code */
	ROLE_DECLARATION, /* DW_TAG_subprogram without: a declaration or an abstract instance */
	ROLE_INLINED, /* DW_TAG_inlined_subroutine with code */
};

struct abbrev {
	u64 code;
	u16 tag;
	u8 role; /* enum die_role */
	bool children;
	bool has_sibling;
	u32 fixed; /* bytes of all values, if step_count is 0 */
	u32 first_step, step_count; /* in table->steps */
	u32 first_spec, spec_count; /* in table->specs */
	/* The specs from the first to the last of low_pc, high_pc, ranges and sibling. */
	u32 walk_first, walk_end;
	u32 walk_offset; /* of the value of walk_first, if walk_direct */
	bool walk_direct; /* only values of fixed size are before it */
};

struct abbrev_table {
	u64 offset; /* in .debug_abbrev */
	struct encoding encoding; /* sizes were computed for it */
	bool damaged;
	bool refers; /* has DW_FORM_ref_addr, or may: DIEs may refer to those of other units */
	bool dense; /* list.data[code - 1] is code */
	struct VEC(struct abbrev) list; /* sorted by code */
	struct VEC(struct attr_spec) specs;
	struct VEC(struct skip_step) steps;
};

/* Reads declarations until the zero code, or behind that of code `until` if it is not 0. */
void abbrev_table_read(struct abbrev_table *table, struct bytes *at, u64 until);
void abbrev_table_release(struct abbrev_table *table);

/* NULL if the table has no such code. */
const struct abbrev *abbrev_search(const struct abbrev_table *table, u64 code);

static inline const struct abbrev *abbrev_find(const struct abbrev_table *table, u64 code)
{
	if (code - 1 < table->list.len && table->dense)
		return &table->list.data[code - 1];
	return abbrev_search(table, code);
}

/* The attributes of a declaration, in order; NULL if it has none. */
static inline const struct attr_spec *abbrev_specs(const struct abbrev_table *table,
						   const struct abbrev *abbrev)
{
	return abbrev->spec_count ? table->specs.data + abbrev->first_spec : NULL;
}

bool abbrev_skip_steps(const struct abbrev_table *table, const struct abbrev *abbrev,
		       struct bytes *at);

/* Moves behind a DIE's values; `at` is behind its code. False if they do not fit. */
static inline bool abbrev_skip(const struct abbrev_table *table, const struct abbrev *abbrev,
			       struct bytes *at)
{
	return abbrev->step_count ? abbrev_skip_steps(table, abbrev, at) :
				    bytes_skip(at, abbrev->fixed);
}

#endif
