/* The last table: how many rows there were. */
#include <aprof/file.h>

void end_encode(struct buf *out, u64 rows)
{
	buf_varint(out, rows);
}

bool end_decode(struct bytes in, u64 *rows)
{
	*rows = bytes_varint(&in);
	return !in.bad;
}
