/*
 * The stacks of a chunk's rows: the distinct ones, the most frequent first, then an index into them
 * for each row. Few stacks make most of the rows, so that most indices are small.
 */
#ifndef APROF_FILE_ROW_STACKS_H
#define APROF_FILE_ROW_STACKS_H

#include <aprof/file.h>

/* `column` is scratch for `count` values. */
void row_stacks_put(struct buf *out, const struct row_item *rows, u32 count, u64 *column);
void row_stacks_get(struct bytes *in, struct row_item *rows, u32 count, u64 *column);

#endif
