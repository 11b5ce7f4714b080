/*
 * .debug_aranges: which units have code at the addresses of a query, without reading the units.
 *
 * GCC writes it, rustc and clang do not. A unit that it names has no other code than what it lists
 * (DWARF 5 §6.1.2); of a unit that it does not name nothing is known. A damaged table is left at the
 * damage.
 */
#ifndef APROF_DWARF_ARANGES_H
#define APROF_DWARF_ARANGES_H

#include "lib/dwarf/unit.h"

enum { ARANGES_SILENT, ARANGES_ELSEWHERE, ARANGES_HIT };

/* For each of file->units, what is known of it with these sorted addresses. */
void aranges_read(struct dwarf_file *file, const u64 *vaddrs, u32 count, u8 *units);

#endif
