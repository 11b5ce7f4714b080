/*
 * .debug_aranges: which units have code at the addresses of a query, without reading the units.
 *
 * GCC writes it, and rustc did (1.63). A unit that it names has no other code than what it lists
 * (DWARF 5 §6.1.2); of a unit that it does not name nothing is known. A damaged table is left at the
 * damage.
 */
#ifndef APROF_DWARF_ARANGES_H
#define APROF_DWARF_ARANGES_H

#include "lib/dwarf/unit.h"

enum { ARANGES_SILENT, ARANGES_ELSEWHERE, ARANGES_HIT };

struct arange {
	u64 unit; /* its offset, or any other number: it is not looked at */
	u8 found; /* ARANGES_ELSEWHERE or ARANGES_HIT */
};

struct aranges VEC(struct arange); /* in order of unit */

/*
 * Adds what is known of units with these sorted addresses. `all`, if not NULL, is set to whether each
 * address is some unit's.
 */
void aranges_read(struct aranges *out, const struct dwarf_file *file, const u64 *vaddrs, u32 count,
		  bool *all);
/* Of the unit at an offset. */
u8 aranges_of(const struct aranges *aranges, u64 unit);

#endif
