/*
 * Of a compressed .debug_info, only the units that a query needs.
 *
 * The C library's has 4,000 units, of which a report needs a dozen. .debug_aranges tells which; the
 * others are passed over while it is decompressed, in a piece of memory that stays in the CPU's cache,
 * and nothing is decompressed behind the last one.
 */
#ifndef APROF_DWARF_PARTS_H
#define APROF_DWARF_PARTS_H

#include "lib/dwarf/unit.h"

/* Is there a .debug_info that may be read by parts? */
bool parts_possible(struct binary *bin);

/*
 * Sets sections[DWARF_INFO], as large as it is, with zeros in the place of what is not needed, and
 * adds the units. False, with no unit added, if all of it is needed.
 */
bool parts_read(struct dwarf_file *file, const u64 *vaddrs, u32 count);
void parts_release(struct dwarf_file *file);

#endif
