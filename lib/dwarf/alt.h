/* The alternate debug file of dwz, which holds what several files have in common. */
#ifndef APROF_DWARF_ALT_H
#define APROF_DWARF_ALT_H

#include "lib/dwarf/unit.h"

struct dwarf_alt {
	struct binary *bin; /* owned; NULL: none */
	struct dwarf_file file;
	char *missing; /* its name, if one is needed and was not found */
};

/* Follows .gnu_debugaltlink of the file, and sets file->alt if it leads to the right one. */
void dwarf_alt_open(struct dwarf_alt *alt, struct dwarf_file *file);
void dwarf_alt_close(struct dwarf_alt *alt);

#endif
