/* A column under construction: as many integers as a chunk has items. */
#ifndef APROF_FILE_SCRATCH_H
#define APROF_FILE_SCRATCH_H

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/types.h>

#define AUTO_COLUMN(name, count) AUTO_FREE u64 *name = xcalloc((size_t)(count) + 1, sizeof *name)

#endif
