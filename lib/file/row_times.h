/*
 * The times of rows. A timer ticks for each CPU and event: so a time is told from the last row of the
 * same two, as a number of usual steps and what remains.
 */
#ifndef APROF_FILE_ROW_TIMES_H
#define APROF_FILE_ROW_TIMES_H

#include <aprof/file.h>

/* Events and cpus of the rows are known to the reader. `column` is scratch for `count` values. */
void row_times_put(struct buf *out, const struct row_item *rows, u32 count, u64 *column);
void row_times_get(struct bytes *in, struct row_item *rows, u32 count, u64 *column);

#endif
