/* Rows, a column each for time, thread, event, stack and weight. */
#include <aprof/file.h>

#include "lib/file/column.h"
#include "lib/file/ids.h"
#include "lib/file/scratch.h"

enum { TIME, THREAD, EVENT, STACK, WEIGHT, COLUMNS };

static void split(const struct row_item *rows, u32 count, u64 *columns[COLUMNS])
{
	u64 tick = count ? rows[0].time / ROW_TICK_NS : 0, weight = 0;

	for (u32 i = 0; i < count; i++) {
		u64 now = rows[i].time / ROW_TICK_NS;

		columns[TIME][i] = zigzag((i64)(now - tick));
		columns[THREAD][i] = rows[i].thread;
		columns[EVENT][i] = rows[i].event;
		columns[STACK][i] = rows[i].stack == NO_ID ? 0 : (u64)rows[i].stack + 1;
		columns[WEIGHT][i] = zigzag((i64)(rows[i].weight - weight));
		tick = now;
		weight = rows[i].weight;
	}
}

void rows_encode(struct buf *out, const struct row_item *rows, u32 count)
{
	AUTO_COLUMN(all, COLUMNS * (size_t)count);
	u64 *columns[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++)
		columns[i] = all + i * count;
	split(rows, count, columns);
	buf_varint(out, count);
	buf_varint(out, count ? rows[0].time / ROW_TICK_NS : 0);
	for (size_t i = 0; i < COLUMNS; i++)
		column_put(out, columns[i], count);
}

bool rows_decode(struct bytes in, struct row_items *out)
{
	u32 count = get_count(&in);
	u64 tick = bytes_varint(&in), weight = 0;
	u64 *columns[COLUMNS];

	vec_resize(out, count);
	AUTO_COLUMN(all, COLUMNS * (size_t)count);
	for (size_t i = 0; i < COLUMNS; i++) {
		columns[i] = all + i * count;
		column_get(&in, columns[i], count);
	}
	for (u32 i = 0; i < count; i++) {
		struct row_item *r = &out->data[i];

		if (columns[THREAD][i] >= FILE_MAX_IDS || columns[STACK][i] > FILE_MAX_IDS ||
		    columns[EVENT][i] > UINT32_MAX)
			return false;
		tick += (u64)unzigzag(columns[TIME][i]);
		weight += (u64)unzigzag(columns[WEIGHT][i]);
		r->time = tick * ROW_TICK_NS;
		r->weight = weight;
		r->thread = (u32)columns[THREAD][i];
		r->event = (u32)columns[EVENT][i];
		r->stack = columns[STACK][i] ? (u32)(columns[STACK][i] - 1) : NO_ID;
	}
	return !in.bad;
}
