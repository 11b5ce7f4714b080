/*
 * The thread that compresses chunks and writes them, behind a bounded queue.
 *
 * After the first failed write nothing more is written, and a regular file is cut back to its last
 * whole chunk.
 */
#ifndef APROF_STORE_WRITER_H
#define APROF_STORE_WRITER_H

#include <aprof/bytes.h>
#include <aprof/chunk.h>
#include <aprof/err.h>
#include <aprof/types.h>

/* Unpacked bytes that may wait; more than that stops the caller. */
#define WRITER_QUEUE_BYTES ((size_t)8 << 20)

struct writer;

/* Takes over `fd`. */
ERR_MUST_CHECK struct err *writer_open(struct writer **out, int fd, const char *name);
/* Takes the tables out of `payload`, which is empty afterwards. Waits while the queue is full. */
void writer_put(struct writer *writer, u32 epoch, struct buf *payload);
u64 writer_bytes(const struct writer *writer);
bool writer_failed(const struct writer *writer);
/* Waits until all is written. *bytes, if it is not NULL, is how much that was. */
ERR_MUST_CHECK struct err *writer_close(struct writer *writer, u64 *bytes);

#endif
