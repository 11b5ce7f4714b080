/* What a struct dwarf is made of. */
#ifndef APROF_DWARF_DWARF_H
#define APROF_DWARF_DWARF_H

#include <aprof/dwarf.h>
#include <aprof/vec.h>

#include "lib/dwarf/alt.h"
#include "lib/dwarf/function.h"
#include "lib/dwarf/namers.h"
#include "lib/dwarf/unit.h"

struct dwarf {
	struct dwarf_file file;
	struct dwarf_alt alt;
	struct functions functions; /* of the caller's thread */
	struct namers namers; /* of the crew */
};

#endif
