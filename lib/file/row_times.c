/* The time columns of rows: steps of the timer, and jitter. */
#include "lib/file/row_times.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "lib/file/column.h"
#include "lib/file/scratch.h"

/* The last tick of each CPU and event; all begin with that of the first row. */
struct clocks {
	u64 *last;
	u32 events;
};

static struct clocks clocks_new(const struct row_item *rows, u32 count, u64 first)
{
	struct clocks clocks = { 0 };
	size_t all;
	u32 cpus = 0;

	for (u32 i = 0; i < count; i++) {
		if (rows[i].cpu >= cpus)
			cpus = rows[i].cpu + 1;
		if (rows[i].event >= clocks.events)
			clocks.events = rows[i].event + 1;
	}
	all = (size_t)cpus * clocks.events;
	clocks.last = xcalloc(all + 1, sizeof *clocks.last);
	for (size_t i = 0; i < all; i++)
		clocks.last[i] = first;
	return clocks;
}

static void clocks_release(struct clocks *clocks)
{
	free(clocks->last);
}

static u64 *clock_of(const struct clocks *clocks, const struct row_item *row)
{
	return &clocks->last[(size_t)row->cpu * clocks->events + row->event];
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

/* Further from the usual step than one byte of zigzag tells. */
static bool is_far(u64 delta, u64 step)
{
	return zigzag((i64)(delta - step)) >= COLUMN_LARGE;
}

/*
 * How many steps each delta is told to have; a reader takes any number. Where the timer's jitter is
 * as large as its step, telling steps apart costs more than it saves, unless many ticks were missed.
 */
static void count_steps(const u64 *deltas, u32 count, u64 step, u64 *steps)
{
	u32 far = 0;
	bool tell;

	for (u32 i = 0; i < count; i++)
		far += is_far(deltas[i], step);
	tell = step && far > count / 16;
	for (u32 i = 0; i < count; i++) {
		steps[i] = 1;
		/* Times may go back: rows are only nearly in order. */
		if (tell && deltas[i] <= INT64_MAX)
			steps[i] = (deltas[i] + step / 2) / step;
	}
}

void row_times_put(struct buf *out, const struct row_item *rows, u32 count, u64 *column)
{
	u64 first = count ? rows[0].time / ROW_TICK_NS : 0, step;
	CLEANUP(clocks_release) struct clocks clocks = clocks_new(rows, count, first);
	AUTO_COLUMN(deltas, count);

	for (u32 i = 0; i < count; i++) {
		u64 tick = rows[i].time / ROW_TICK_NS, *last = clock_of(&clocks, &rows[i]);

		deltas[i] = tick - *last;
		*last = tick;
	}
	step = usual_step(deltas, count);
	buf_varint(out, first);
	buf_varint(out, step);
	count_steps(deltas, count, step, column);
	column_put(out, column, count);
	for (u32 i = 0; i < count; i++)
		column[i] = zigzag((i64)(deltas[i] - column[i] * step));
	column_put(out, column, count);
}

void row_times_get(struct bytes *in, struct row_item *rows, u32 count, u64 *column)
{
	u64 first = bytes_varint(in), step = bytes_varint(in);
	CLEANUP(clocks_release) struct clocks clocks = clocks_new(rows, count, first);
	AUTO_COLUMN(steps, count);

	column_get(in, steps, count);
	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		u64 *last = clock_of(&clocks, &rows[i]);

		*last += steps[i] * step + (u64)unzigzag(column[i]);
		rows[i].time = *last * ROW_TICK_NS;
	}
}
