/* Names that came with the profile (`aprof pack`), by place. */
#ifndef APROF_SYMBOLS_PACKED_H
#define APROF_SYMBOLS_PACKED_H

#include "report/load/profile.h"

/* The place of a module that was packed at just this offset, and what it is part of; NULL if none. */
const struct packed_names *packed_find(const struct profile *profile, u32 module, u64 offset,
				       const struct packed_place **place);

#endif
