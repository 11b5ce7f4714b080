/* One ring that the kernel writes records into, and the reading of it in place. */
#include "profiler/perf/ring.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <aprof/alloc.h>

#include "profiler/perf/sys.h"

int ring_map(struct ring *ring, int fd, u64 size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *at = perf_sys.map(fd, size + page);

	if (at == MAP_FAILED)
		return -1;
	*ring = (struct ring){
		.page = at,
		.data = (u8 *)at + page,
		.size = size,
		.mapped = size + page,
	};
	return 0;
}

void ring_unmap(struct ring *ring)
{
	if (ring->page)
		perf_sys.unmap(ring->page, ring->mapped);
	free(ring->side);
	*ring = (struct ring){ 0 };
}

void ring_snapshot(struct ring *ring)
{
	/* Pairs with the barrier before the kernel's store in perf_output_put_handle(). */
	ring->head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
}

const struct perf_event_header *ring_next(struct ring *ring)
{
	const struct perf_event_header *header;
	u64 left = ring->head - ring->tail;

	if (left == 0)
		return NULL;
	header = (const void *)(ring->data + (ring->tail & (ring->size - 1)));
	if (left > ring->size || left < sizeof *header || header->size < sizeof *header ||
	    header->size % 8 || header->size > left) {
		/* Never seen; without a trusted size there is no next record to find. */
		ring->damaged += left;
		ring->tail = ring->head;
		return NULL;
	}
	return header;
}

u64 ring_word(const struct ring *ring, u64 offset)
{
	u64 value;

	memcpy(&value, ring->data + ((ring->tail + offset) & (ring->size - 1)), sizeof value);
	return value;
}

const void *ring_record(struct ring *ring, size_t size)
{
	u64 at = ring->tail & (ring->size - 1);
	u64 first = ring->size - at;

	if (size <= first)
		return ring->data + at;
	if (!ring->side)
		ring->side = xmalloc(RECORD_MAX);
	memcpy(ring->side, ring->data + at, first);
	memcpy(ring->side + first, ring->data, size - first);
	return ring->side;
}

void ring_advance(struct ring *ring, size_t size)
{
	ring->tail += size;
}

void ring_publish(struct ring *ring)
{
	/* All reads of the records come before the kernel may overwrite them. */
	__atomic_store_n(&ring->page->data_tail, ring->tail, __ATOMIC_RELEASE);
}
