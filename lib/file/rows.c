/* Rows, columns for threads, events, cpus, times, stacks and weights. */
#include <aprof/file.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "lib/file/column.h"
#include "lib/file/ids.h"
#include "lib/file/row_stacks.h"
#include "lib/file/row_times.h"
#include "lib/file/scratch.h"

static u32 row_threads(const struct row_item *rows, u32 count)
{
	u32 threads = 0;

	for (u32 i = 0; i < count; i++)
		if (rows[i].thread >= threads)
			threads = rows[i].thread + 1;
	return threads;
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

/* A thread mostly stays where it was: told is the difference to the last row of the same thread. */
static void put_cpus(struct buf *out, const struct row_item *rows, u32 count, u64 *column)
{
	AUTO_FREE u32 *last = xcalloc((size_t)row_threads(rows, count) + 1, sizeof *last);

	for (u32 i = 0; i < count; i++) {
		column[i] = zigzag((i64)rows[i].cpu - last[rows[i].thread]);
		last[rows[i].thread] = rows[i].cpu;
	}
	column_put(out, column, count);
}

static void get_cpus(struct bytes *in, struct row_item *rows, u32 count, u64 *column)
{
	AUTO_FREE u32 *last = xcalloc((size_t)row_threads(rows, count) + 1, sizeof *last);

	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		u64 cpu = last[rows[i].thread] + (u64)unzigzag(column[i]);

		if (cpu >= FILE_MAX_CPUS)
			in->bad = true;
		rows[i].cpu = in->bad ? 0 : (u32)cpu;
		last[rows[i].thread] = rows[i].cpu;
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
	put_events(out, rows, count, column);
	put_cpus(out, rows, count, column);
	row_times_put(out, rows, count, column);
	row_stacks_put(out, rows, count, column);
	put_weights(out, rows, count, column);
}

bool rows_decode(struct bytes in, struct row_items *out)
{
	u32 count = get_count(&in);
	AUTO_COLUMN(column, count);

	vec_resize(out, count);
	get_threads(&in, out->data, count, column);
	get_events(&in, out->data, count, column);
	get_cpus(&in, out->data, count, column);
	row_times_get(&in, out->data, count, column);
	row_stacks_get(&in, out->data, count, column);
	get_weights(&in, out->data, count, column);
	return !in.bad;
}
