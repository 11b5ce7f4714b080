/* Records of perf.data in the order of time. */
#include "profiler/perf/perfdata_queue.h"

#include <string.h>

void queue_init(struct queue *queue, queue_handler *handler, void *arg)
{
	*queue = (struct queue){
		.bytes_max = QUEUE_BYTES_MAX,
		.handler = handler,
		.arg = arg,
	};
}

void queue_release(struct queue *queue)
{
	vec_release(&queue->items);
	buf_release(&queue->bytes);
}

static int by_time(const void *a, const void *b)
{
	const struct queued *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* header.size of the record at `at`: queue_push() saw to it. */
static size_t size_at(const struct queue *queue, size_t at)
{
	u16 size;

	memcpy(&size, queue->bytes.data + at + 6, sizeof size);
	return size;
}

/* Keeps the items from `first` on, and their bytes only. */
static void drop_before(struct queue *queue, size_t first)
{
	struct buf kept = { 0 };
	size_t left = queue->items.len - first;

	memmove(queue->items.data, queue->items.data + first, left * sizeof *queue->items.data);
	queue->items.len = left;
	vec_each (&queue->items, item) {
		size_t at = kept.len;

		buf_put(&kept, queue->bytes.data + item->at, size_at(queue, item->at));
		while (kept.len % 8)
			buf_u8(&kept, 0);
		item->at = at;
	}
	buf_release(&queue->bytes);
	queue->bytes = kept;
}

static void hand_out(struct queue *queue, u64 time, const void *record)
{
	if (time < queue->last)
		queue->late++;
	else
		queue->last = time;
	queue->handler(queue->arg, record);
}

/* The first `count` items, or fewer: those up to `limit`. */
static void flush(struct queue *queue, size_t count, u64 limit)
{
	size_t done = 0;

	vec_sort(&queue->items, by_time);
	while (done < count && queue->items.data[done].time <= limit) {
		const struct queued *item = &queue->items.data[done++];

		hand_out(queue, item->time, queue->bytes.data + item->at);
	}
	if (done)
		drop_before(queue, done);
}

void queue_push(struct queue *queue, u64 time, const void *record, size_t size)
{
	if (time == 0 || time == UINT64_MAX) {
		queue->handler(queue->arg, record);
		return;
	}
	if (queue->bytes.len + size > queue->bytes_max)
		flush(queue, queue->items.len / 2 + 1, UINT64_MAX);
	*vec_push(&queue->items) = (struct queued){
		.time = time,
		.number = queue->pushed++,
		.at = queue->bytes.len,
	};
	buf_put(&queue->bytes, record, size);
	while (queue->bytes.len % 8)
		buf_u8(&queue->bytes, 0);
	queue->newest = u64_max(queue->newest, time);
}

void queue_finish_round(struct queue *queue)
{
	flush(queue, queue->items.len, queue->newest_before);
	queue->newest_before = queue->newest;
}

void queue_finish(struct queue *queue)
{
	flush(queue, queue->items.len, UINT64_MAX);
}
