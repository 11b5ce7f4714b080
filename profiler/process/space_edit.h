/* Making and changing address spaces: for process/ itself; everyone else only looks. */
#ifndef APROF_PROCESS_SPACE_EDIT_H
#define APROF_PROCESS_SPACE_EDIT_H

#include "profiler/process/space.h"

struct space *space_new(void); /* empty, one reference */

/*
 * Replaces *where, a reference, by a space that has `map` in the place of whatever it overlaps; with
 * module NO_ID the range is emptied. Does nothing where exactly this is mapped already.
 */
void space_replace(struct space **where, const struct mapping *map);

#endif
