/*
 * A file's DWARF sections and its units: headers, and what the unit DIE says about all the others.
 *
 * Headers are read in order; a unit's own DIE and its abbreviations when a query or a reference
 * needs them. A unit that cannot be read is marked damaged and stays so.
 */
#ifndef APROF_DWARF_UNIT_H
#define APROF_DWARF_UNIT_H

#include <pthread.h>

#include <aprof/arena.h>
#include <aprof/binary.h>
#include <aprof/bytes.h>
#include <aprof/dwarf.h>
#include <aprof/err.h>
#include <aprof/types.h>
#include <aprof/vec.h>

#include "lib/dwarf/abbrev.h"
#include "lib/dwarf/form.h"

enum dwarf_section {
	DWARF_INFO,
	DWARF_ABBREV,
	DWARF_LINE,
	DWARF_STR,
	DWARF_LINE_STR,
	DWARF_STR_OFFSETS,
	DWARF_ADDR,
	DWARF_RANGES,
	DWARF_RNGLISTS,
	DWARF_SECTIONS
};

/* What a unit's own DIE says. */
struct unit_head {
	u16 tag;
	u16 language;
	bool is_split; /* a skeleton: its functions are in a .dwo file */
	bool has_lines;
	u64 stmt_list; /* of its line table in .debug_line */
	u64 base; /* address that range lists start from: DW_AT_low_pc, or 0 */
	u64 str_offsets_base, addr_base, rnglists_base;
	struct value directory; /* DW_AT_comp_dir */
	struct value low, high, ranges; /* the code that it covers */
};

/* A namespace or type with children, or a span that the walk jumped over. */
struct scope {
	u32 start; /* its DIE, from the unit's offset */
	u32 end; /* behind its last child */
	u32 parent; /* in the same array, NO_ID: the unit itself */
	bool unexplored; /* children are not in the array */
};

struct scopes VEC(struct scope);

struct unit {
	struct dwarf_file *file;
	u64 offset; /* of the header in .debug_info */
	u64 end;
	u64 abbrev_offset;
	struct unit_head *head; /* NULL: not read yet */
	const struct abbrev_table *abbrevs; /* NULL: not read yet */
	struct line_header *lines; /* in file->lines; NULL: not read yet */
	struct scopes *scopes; /* NULL: not walked yet */
	struct encoding encoding;
	u8 type; /* DW_UT_* */
	u8 header_size;
	bool damaged;
};

/* Work that hostile input could ask for over and over: refused once it is used up. */
struct budget {
	u64 left;
};

struct dwarf_file {
	struct binary *bin; /* borrowed */
	struct dwarf_file *alt; /* the dwz alternate file; NULL if there is none */
	bool is_alt;
	enum dwarf_lines lines_of;
	struct bytes sections[DWARF_SECTIONS];
	bool has_line_section; /* sections[DWARF_LINE] is there: read when it is needed */
	struct bytes headers; /* .debug_info behind the units that are known */
	bool in_parts; /* of .debug_info there are those units only (parts.h) */
	struct VEC(struct unit *) units; /* those that are known, in order of offset */
	struct arena arena; /* of units */
	pthread_mutex_t lock; /* of both lists, and of reading what comes to them */
	struct VEC(struct abbrev_table *) abbrevs; /* sorted by offset and encoding */
	struct VEC(struct line_header *) lines; /* sorted by offset */
	u64 lowest_code; /* code below it was discarded by the linker */
	struct budget abbrev_budget, range_budget, line_budget;
	size_t damaged_units;
	size_t split_units;
};

/* `vaddrs`: all that will be asked for, sorted; of none, anything may be. */
void dwarf_file_init(struct dwarf_file *file, struct binary *bin, enum dwarf_lines lines,
		     const u64 *vaddrs, size_t count);
void dwarf_file_release(struct dwarf_file *file);

/* False, from then on, if less is left. */
bool budget_take(struct budget *budget, u64 amount);

static inline bool budget_left(const struct budget *budget)
{
	return __atomic_load_n(&budget->left, __ATOMIC_RELAXED) != 0;
}

/* A reader at an offset of a section; empty and bad if it is outside. */
struct bytes dwarf_section_at(const struct dwarf_file *file, enum dwarf_section section,
			      u64 offset);

/*
 * The unit of a number, in order of offset; NULL if there are not so many. One thread at a time, and
 * no other may look for units meanwhile.
 */
struct unit *unit_number(struct dwarf_file *file, size_t i);
/* Adds the unit at an offset, which is behind all that are known; NULL if there is none. */
struct unit *unit_add(struct dwarf_file *file, u64 offset);
/* Reads all headers, before unit_at() and what follows references. */
void units_read(struct dwarf_file *file);
void units_release(struct dwarf_file *file);

/* Reads the unit's DIE. False if the unit is damaged. */
bool unit_read_head(struct unit *unit);
/* Reads the head and all abbreviations. */
bool unit_read(struct unit *unit);
/* False if it has no lines, or they are not wanted. The head must have been read. */
bool unit_has_lines(const struct unit *unit);
/* With the lock held. */
void dwarf_read_line_section(struct dwarf_file *file);
/* Counts one. */
static inline void dwarf_damaged_unit(struct dwarf_file *file)
{
	__atomic_fetch_add(&file->damaged_units, 1, __ATOMIC_RELAXED);
}

/* Others are there to be referred to. */
bool unit_may_have_code(const struct unit *unit);
/* Marks and counts it; returns false. */
bool unit_damaged(struct unit *unit);
/* The unit that a place in .debug_info is in; NULL if none. */
struct unit *unit_at(struct dwarf_file *file, u64 offset);

/* A DIE: its abbreviation, and a reader at its first value. False if there is none there. */
struct die {
	struct unit *unit;
	const struct abbrev *abbrev;
	struct bytes values;
};

bool die_at(struct unit *unit, u64 offset, struct die *out);

/* The string of a value; NULL if it is none, or does not end within its section. */
const char *unit_string(const struct unit *unit, const struct value *v);
/* An address, also by index. False if it is none. */
bool unit_address(const struct unit *unit, const struct value *v, u64 *out);
/* The DIE that a reference points at, if its form can only mean one of this unit. */
bool unit_own_reference(const struct unit *unit, const struct value *v, u64 *offset);
/* The same in this or another unit or file. All headers must have been read. */
bool unit_reference(struct unit *unit, const struct value *v, struct unit **to, u64 *offset);

#endif
