/* Rows, a column each for threads, times, stacks, events and weights. */
#include <aprof/file.h>

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "lib/file/column.h"
#include "lib/file/ids.h"
#include "lib/file/row_stacks.h"
#include "lib/file/scratch.h"

/*
 * A timer ticks for each CPU, and a busy thread stays on its CPU: so a time is told from the last
 * row of the same thread, and from the usual step between two. Rows of a thread that is new in the
 * chunk are told from the chunk's first tick.
 */
struct clock {
	u64 *last; /* tick, by thread */
	u64 step;
};

static u32 threads_in(const struct row_item *rows, u32 count)
{
	u32 threads = 0;

	for (u32 i = 0; i < count; i++)
		if (rows[i].thread >= threads)
			threads = rows[i].thread + 1;
	return threads;
}

static struct clock clock_new(u32 threads, u64 tick, u64 step)
{
	struct clock clock = { .last = xcalloc((size_t)threads + 1, sizeof *clock.last) };

	for (u32 i = 0; i < threads; i++)
		clock.last[i] = tick;
	clock.step = step;
	return clock;
}

static void clock_release(struct clock *clock)
{
	free(clock->last);
}

static int by_value(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

#define STEP_SAMPLES 255u

/* The median of some of the deltas. */
static u64 usual_step(const u64 *deltas, u32 count)
{
	u64 some[STEP_SAMPLES];
	u32 stride = count / STEP_SAMPLES + 1, n = 0;

	for (u32 i = 0; i < count && n < STEP_SAMPLES; i += stride)
		some[n++] = deltas[i];
	if (!n)
		return 0;
	qsort(some, n, sizeof *some, by_value);
	return some[n / 2];
}

static void put_times(struct buf *out, const struct row_item *rows, u32 count, u64 *column)
{
	u64 first = count ? rows[0].time / ROW_TICK_NS : 0, step;
	CLEANUP(clock_release) struct clock clock = clock_new(threads_in(rows, count), first, 0);

	for (u32 i = 0; i < count; i++) {
		u64 tick = rows[i].time / ROW_TICK_NS;

		column[i] = tick - clock.last[rows[i].thread];
		clock.last[rows[i].thread] = tick;
	}
	step = usual_step(column, count);
	for (u32 i = 0; i < count; i++)
		column[i] = zigzag((i64)(column[i] - step));
	buf_varint(out, first);
	buf_varint(out, step);
	column_put(out, column, count);
}

static void get_times(struct bytes *in, struct row_item *rows, u32 count, u64 *column)
{
	u64 first = bytes_varint(in), step = bytes_varint(in);
	CLEANUP(clock_release) struct clock clock = clock_new(threads_in(rows, count), first, step);

	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		u64 *last = &clock.last[rows[i].thread];

		*last += (u64)unzigzag(column[i]) + clock.step;
		rows[i].time = *last * ROW_TICK_NS;
	}
}

static void put_threads(struct buf *out, const struct row_item *rows, u32 count, u64 *column)
{
	for (u32 i = 0; i < count; i++)
		column[i] = rows[i].thread;
	column_put(out, column, count);
}

static void get_threads(struct bytes *in, struct row_item *rows, u32 count, u64 *column)
{
	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		if (column[i] >= FILE_MAX_IDS)
			in->bad = true;
		rows[i].thread = in->bad ? 0 : (u32)column[i];
	}
}

static void put_events(struct buf *out, const struct row_item *rows, u32 count, u64 *column)
{
	for (u32 i = 0; i < count; i++)
		column[i] = rows[i].event;
	column_put(out, column, count);
}

static void get_events(struct bytes *in, struct row_item *rows, u32 count, u64 *column)
{
	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		if (column[i] >= FILE_MAX_EVENTS)
			in->bad = true;
		rows[i].event = in->bad ? 0 : (u32)column[i];
	}
}

/* Weights are told from the last one of the same event. */
static void put_weights(struct buf *out, const struct row_item *rows, u32 count, u64 *column)
{
	u64 last[FILE_MAX_EVENTS] = { 0 };

	for (u32 i = 0; i < count; i++) {
		column[i] = zigzag((i64)(rows[i].weight - last[rows[i].event]));
		last[rows[i].event] = rows[i].weight;
	}
	column_put(out, column, count);
}

static void get_weights(struct bytes *in, struct row_item *rows, u32 count, u64 *column)
{
	u64 last[FILE_MAX_EVENTS] = { 0 };

	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		last[rows[i].event] += (u64)unzigzag(column[i]);
		rows[i].weight = last[rows[i].event];
	}
}

void rows_encode(struct buf *out, const struct row_item *rows, u32 count)
{
	AUTO_COLUMN(column, count);

	buf_varint(out, count);
	put_threads(out, rows, count, column);
	put_times(out, rows, count, column);
	row_stacks_put(out, rows, count, column);
	put_events(out, rows, count, column);
	put_weights(out, rows, count, column);
}

bool rows_decode(struct bytes in, struct row_items *out)
{
	u32 count = get_count(&in);
	AUTO_COLUMN(column, count);

	vec_resize(out, count);
	get_threads(&in, out->data, count, column);
	get_times(&in, out->data, count, column);
	row_stacks_get(&in, out->data, count, column);
	get_events(&in, out->data, count, column);
	get_weights(&in, out->data, count, column);
	return !in.bad;
}
