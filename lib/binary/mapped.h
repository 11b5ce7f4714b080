/*
 * Files mapped for reading, that may shrink while they are read.
 *
 * A page behind the new end of a file that was truncated raises SIGBUS (mmap(2)). A profiler must
 * not die of what happens to its target's files: such a page reads as zeros instead.
 */
#ifndef APROF_BINARY_MAPPED_H
#define APROF_BINARY_MAPPED_H

#include <aprof/binary.h>
#include <aprof/bytes.h>
#include <aprof/types.h>

/* `size` bytes of fd from its start; NULL with errno. */
const u8 *mapped_new(int fd, size_t size, enum binary_reading by);
void mapped_read_by(const u8 *data, size_t size, enum binary_reading by);
/* Reads a part of it from the disk, until *stop (atomic) is set. */
void mapped_read_ahead(struct bytes part, const bool *stop);
void mapped_free(const u8 *data, size_t size);

#endif
