/*
 * One column of integers: a byte for each, which is the value itself below 255, or 255 for a larger
 * one; then the larger ones, less 255: their width in bytes (0 to 8), the lowest bytes of all, the
 * next higher ones … Equal bytes then stand side by side, which is what zstd is good at.
 */
#ifndef APROF_FILE_COLUMN_H
#define APROF_FILE_COLUMN_H

#include <aprof/bytes.h>
#include <aprof/types.h>

/* From here on a value needs more than its byte. */
#define COLUMN_LARGE 255u

void column_put(struct buf *out, const u64 *values, u32 count);
/* The count must be at most FILE_MAX_ITEMS; sets in->bad if it is not whole. */
void column_get(struct bytes *in, u64 *values, u32 count);

#endif
