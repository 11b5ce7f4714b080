/* Columns of integers as planes of bytes. */
#include "lib/file/column.h"

static u8 width_of(const u64 *values, u32 count)
{
	u64 all = 0;
	u8 width = 0;

	for (u32 i = 0; i < count; i++)
		all |= values[i];
	for (; all; all >>= 8)
		width++;
	return width;
}

void column_put(struct buf *out, const u64 *values, u32 count)
{
	u8 width = width_of(values, count);

	buf_u8(out, width);
	for (u8 plane = 0; plane < width; plane++) {
		u8 *at = buf_extend(out, count);

		for (u32 i = 0; i < count; i++)
			at[i] = (u8)(values[i] >> (8 * plane));
	}
}

void column_get(struct bytes *in, u64 *values, u32 count)
{
	u8 width = bytes_u8(in);

	memset(values, 0, (size_t)count * sizeof *values);
	if (width > 8)
		in->bad = true;
	for (u8 plane = 0; plane < width && !in->bad; plane++) {
		const u8 *at = bytes_take(in, count);

		for (u32 i = 0; at && i < count; i++)
			values[i] |= (u64)at[i] << (8 * plane);
	}
}
