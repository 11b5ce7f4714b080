/* Columns of integers as planes of bytes. */
#include "lib/file/column.h"

static void put_small(struct buf *out, const u64 *values, u32 count, u32 *large, u64 *all_bits)
{
	u8 *at = buf_extend(out, count);

	for (u32 i = 0; i < count; i++) {
		at[i] = (u8)u64_min(values[i], COLUMN_LARGE);
		if (values[i] >= COLUMN_LARGE) {
			*all_bits |= values[i] - COLUMN_LARGE;
			++*large;
		}
	}
}

void column_put(struct buf *out, const u64 *values, u32 count)
{
	u64 bits = 0;
	u32 large = 0;
	u8 width = 0;

	put_small(out, values, count, &large, &bits);
	for (; bits; bits >>= 8)
		width++;
	buf_u8(out, width);
	for (u8 plane = 0; plane < width; plane++) {
		u8 *at = buf_extend(out, large);

		for (u32 i = 0; i < count; i++)
			if (values[i] >= COLUMN_LARGE)
				*at++ = (u8)((values[i] - COLUMN_LARGE) >> (8 * plane));
	}
}

static void add_plane(const u8 *small, const u8 *at, u64 *values, u32 count, u8 plane)
{
	for (u32 i = 0; i < count; i++)
		if (small[i] == COLUMN_LARGE)
			values[i] += (u64)*at++ << (8 * plane);
}

void column_get(struct bytes *in, u64 *values, u32 count)
{
	const u8 *small = bytes_take(in, count);
	u8 width = bytes_u8(in);
	u32 large = 0;

	memset(values, 0, (size_t)count * sizeof *values);
	if (in->bad || width > 8) {
		in->bad = true;
		return;
	}
	for (u32 i = 0; i < count; i++) {
		values[i] = small[i];
		large += small[i] == COLUMN_LARGE;
	}
	for (u8 plane = 0; plane < width; plane++) {
		const u8 *at = bytes_take(in, large);

		if (!at)
			return;
		add_plane(small, at, values, count, plane);
	}
}
