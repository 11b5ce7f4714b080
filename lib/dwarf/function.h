/* Functions by their DIE: name, path, linkage name and place of declaration, each made once. */
#ifndef APROF_DWARF_FUNCTION_H
#define APROF_DWARF_FUNCTION_H

#include <aprof/arena.h>
#include <aprof/dwarf.h>
#include <aprof/intern.h>
#include <aprof/vec.h>

#include "lib/dwarf/unit.h"

struct functions {
	const struct unit *only; /* other threads have the others; NULL: there are none */
	struct intern keys; /* a DIE's place: its id is the index in list */
	struct VEC(struct dwarf_function *) list;
	struct arena arena; /* functions, paths, file names */
};

void functions_init(struct functions *functions);
void functions_release(struct functions *functions);

/*
 * The function that a DIE is an instance of. Fields that cannot be found are NULL or 0. NULL if
 * another unit than `only` would have to be read for it.
 */
const struct dwarf_function *function_of(struct functions *functions, struct unit *unit, u64 die);

/* Where a DW_TAG_inlined_subroutine was called. */
struct call_site {
	const char *file; /* NULL unknown */
	u32 line, column; /* 0 unknown */
};

struct call_site call_site_of(struct functions *functions, struct unit *unit, u64 die);

#endif
