/* Records of several rings in the order of their time: a heap of the rings' next records. */
#include "profiler/perf/order.h"

#include <stdlib.h>

#include <aprof/alloc.h>

void order_init(struct order *order, struct ring *rings, u32 count)
{
	*order = (struct order){
		.rings = rings,
		.count = count,
		.heap = xcalloc(count ? count : 1, sizeof *order->heap),
		.taken = xcalloc(count ? count : 1, sizeof *order->taken),
	};
}

void order_release(struct order *order)
{
	free(order->heap);
	free(order->taken);
	*order = (struct order){ 0 };
}

static void sift_down(struct order *order, u32 at)
{
	struct order_stream moving = order->heap[at];
	u32 child;

	while ((child = 2 * at + 1) < order->live) {
		if (child + 1 < order->live &&
		    order->heap[child + 1].time < order->heap[child].time)
			child++;
		if (moving.time <= order->heap[child].time)
			break;
		order->heap[at] = order->heap[child];
		at = child;
	}
	order->heap[at] = moving;
}

/* The time of the ring's next record without decoding it. A record without one is due at once. */
static bool next_time(struct ring *ring, const struct record_format *format, u64 *time)
{
	const struct perf_event_header *header = ring_next(ring);
	u32 at;

	if (!header)
		return false;
	if (header->type == PERF_RECORD_SAMPLE)
		at = format->time_at;
	else
		at = format->time_back && format->time_back <= header->size
			     ? header->size - format->time_back
			     : 0;
	*time = at && at + sizeof(u64) <= header->size ? ring_word(ring, at) : 0;
	return true;
}

static void fill_heap(struct order *order, const struct formats *formats)
{
	const struct record_format *first = formats->all.data;
	u64 time;

	order->live = 0;
	for (u32 i = 0; i < order->count; i++) {
		ring_snapshot(&order->rings[i]);
		if (next_time(&order->rings[i], first, &time))
			order->heap[order->live++] = (struct order_stream){ time, i };
	}
	for (u32 i = order->live / 2; i-- > 0;)
		sift_down(order, i);
}

static void hand_out(struct order *order, struct ring *ring, const struct formats *formats,
		     order_handler *handler, void *arg)
{
	size_t size = ring_next(ring)->size;
	const void *bytes = ring_record(ring, size);
	struct record record;

	order->records++;
	if (!record_decode(formats_of(formats, bytes), bytes, size, &record)) {
		order->malformed++;
	} else {
		if (record.time && record.time + ORDER_NESTED_NS < order->last)
			order->late++;
		order->last = u64_max(order->last, record.time);
		handler(arg, &record);
	}
	ring_advance(ring, size);
}

void order_drain(struct order *order, const struct formats *formats, u64 limit,
		 order_handler *handler, void *arg)
{
	fill_heap(order, formats);
	while (order->live && order->heap[0].time < limit) {
		u32 index = order->heap[0].ring;
		struct ring *ring = &order->rings[index];
		u64 before = ring->tail;

		hand_out(order, ring, formats, handler, arg);
		/* An eighth at a time: each store moves a cache line from the kernel's CPU. */
		order->taken[index] += ring->tail - before;
		if (order->taken[index] >= ring->size / 8) {
			ring_publish(ring);
			order->taken[index] = 0;
		}
		if (!next_time(ring, formats->all.data, &order->heap[0].time))
			order->heap[0] = order->heap[--order->live];
		sift_down(order, 0);
	}
	for (u32 i = 0; i < order->count; i++) {
		ring_publish(&order->rings[i]);
		order->taken[i] = 0;
	}
}
