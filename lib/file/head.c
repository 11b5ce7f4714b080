/* The first and the last chunk: which version this is, and how many rows there were. */
#include <aprof/file.h>

void head_encode(struct buf *out, u32 version)
{
	buf_u32(out, version);
}

bool head_decode(struct bytes in, u32 *version)
{
	*version = bytes_u32(&in);
	return !in.bad && *version;
}

void end_encode(struct buf *out, u64 rows)
{
	buf_varint(out, rows);
}

bool end_decode(struct bytes in, u64 *rows)
{
	*rows = bytes_varint(&in);
	return !in.bad;
}
