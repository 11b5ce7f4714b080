/* Line tables: the files they name, and one run of a line program for many addresses. */
#ifndef APROF_DWARF_LINE_H
#define APROF_DWARF_LINE_H

#include <aprof/arena.h>
#include <aprof/bytes.h>
#include <aprof/types.h>
#include <aprof/vec.h>

struct unit;

struct line_file {
	const char *name;
	u64 directory; /* index */
	const char *path; /* NULL until asked for */
};

struct line_header {
	u64 offset; /* in .debug_line */
	const char *directory; /* of the unit: paths are relative to it; NULL if it has none */
	bool damaged;
	u32 first_file; /* the index of files.data[0]: 1 before DWARF 5 */
	const u8 *lengths; /* operand counts of the standard opcodes */
	u8 opcode_base, line_range, instruction_size;
	i8 line_base;
	struct bytes program;
	struct VEC(const char *) directories; /* [0] may be NULL: the unit's */
	struct VEC(struct line_file) files;
};

/* The header of the unit's line table, read on first use; NULL if it has none or it is damaged. */
struct line_header *unit_lines(struct unit *unit);
void line_header_free(struct line_header *lines);

/* The path of a file by its DWARF index, in `arena` once asked for; NULL if there is none. */
const char *line_path(struct unit *unit, u64 file, struct arena *arena);

struct line_place {
	u32 file; /* DWARF index; NO_ID: no row covers the address */
	u32 line;
	u32 column;
};

/*
 * Fills the places of addresses, sorted ascending, from the unit's line program. Places that have a
 * file already are left alone.
 */
void line_run(struct unit *unit, const u64 *vaddrs, u32 count, struct line_place *places);

#endif
