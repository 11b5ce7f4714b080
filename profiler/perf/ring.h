/*
 * One ring that the kernel writes records into, and the reading of it in place.
 *
 * The kernel publishes `data_head`, we publish `data_tail`; both only grow, and a position is their
 * value modulo the size, a power of two. Records are multiples of 8 bytes and 8-aligned, so a header
 * never wraps, and a 64-bit field never does; a record may. Mapping the ring twice in a row to hide
 * that is refused since Linux 6.16, so a record that wraps is copied out.
 */
#ifndef APROF_PERF_RING_H
#define APROF_PERF_RING_H

#include <linux/perf_event.h>

#include <aprof/err.h>
#include <aprof/types.h>

#define RECORD_MAX 65536 /* header.size is 16 bits */

struct ring {
	struct perf_event_mmap_page *page; /* NULL: not mapped */
	u8 *data;
	u64 size; /* of data, a power of two */
	u64 head; /* what was published when ring_snapshot() last looked */
	u64 tail; /* our position; the kernel may reuse what lies before the published one */
	u64 damaged; /* bytes skipped because a header made no sense */
	u8 *side; /* RECORD_MAX bytes for a record that wraps, made when first needed */
	size_t mapped;
};

/* Maps `size` bytes (a power of two, at least a page) of data. -1 and errno on failure. */
int ring_map(struct ring *ring, int fd, u64 size);
void ring_unmap(struct ring *ring);

/* Looks how far the kernel has written. */
void ring_snapshot(struct ring *ring);

/* The header of the next record; NULL when all up to the snapshot was taken. */
const struct perf_event_header *ring_next(struct ring *ring);
/* The 64-bit word `offset` bytes into the next record, whether it wraps or not. */
u64 ring_word(const struct ring *ring, u64 offset);
/* The next record in one piece: valid until ring_publish(), or the next one that wraps. */
const void *ring_record(struct ring *ring, size_t size);
void ring_advance(struct ring *ring, size_t size);
/* Gives what was taken back to the kernel. */
void ring_publish(struct ring *ring);

#endif
