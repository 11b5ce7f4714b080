/* The code that a DIE covers: low_pc and high_pc, or a list in .debug_ranges or .debug_rnglists. */
#ifndef APROF_DWARF_RANGES_H
#define APROF_DWARF_RANGES_H

#include <aprof/types.h>

#include "lib/dwarf/unit.h"

/* The values as the DIE has them; form 0 where it does not. */
struct code_values {
	struct value low, high, ranges;
};

/* Half-open. Empty ranges, and those of code that the linker discarded, are left out. */
typedef void code_range(void *arg, u64 low, u64 high);

/* False if a list is damaged; what came before the damage was called back. */
bool code_ranges(struct unit *unit, const struct code_values *values, code_range *each, void *arg);

#endif
