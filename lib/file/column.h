/*
 * One column of integers: its width in bytes (0 to 8), then the lowest bytes of all values, then the
 * next higher ones … Equal high bytes then stand side by side, which is what zstd is good at.
 */
#ifndef APROF_FILE_COLUMN_H
#define APROF_FILE_COLUMN_H

#include <aprof/bytes.h>
#include <aprof/types.h>

void column_put(struct buf *out, const u64 *values, u32 count);
/* The count must be at most FILE_MAX_ITEMS; sets in->bad, and all values to 0, if it is not whole. */
void column_get(struct bytes *in, u64 *values, u32 count);

#endif
