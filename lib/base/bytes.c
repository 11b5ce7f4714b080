/* The slow paths of bounded reading, and the byte buffer. */
#include <aprof/bytes.h>

#include <stdlib.h>

#include <aprof/alloc.h>

u64 bytes_varint_slow(struct bytes *b)
{
	u64 value = 0;

	for (unsigned int shift = 0; shift < 70; shift += 7) {
		u8 byte = bytes_u8(b);

		if (shift < 64)
			value |= (u64)(byte & 0x7f) << shift;
		if (b->bad)
			return 0;
		if (!(byte & 0x80))
			return value;
	}
	b->bad = true;
	return 0;
}

i64 bytes_svarint(struct bytes *b)
{
	u64 value = 0;

	for (unsigned int shift = 0; shift < 70; shift += 7) {
		u8 byte = bytes_u8(b);

		if (shift < 64)
			value |= (u64)(byte & 0x7f) << shift;
		if (b->bad)
			return 0;
		if (byte & 0x80)
			continue;
		if ((byte & 0x40) && shift + 7 < 64)
			value |= ~0ull << (shift + 7);
		return (i64)value;
	}
	b->bad = true;
	return 0;
}

const char *bytes_cstr(struct bytes *b)
{
	const u8 *start = b->at;
	const u8 *nul = bytes_left(b) ? memchr(start, 0, bytes_left(b)) : NULL;

	if (!nul) {
		b->bad = true;
		b->at = b->end;
		return NULL;
	}
	b->at = nul + 1;
	return (const char *)start;
}

struct bytes bytes_sub(struct bytes *b, size_t n)
{
	const u8 *at = bytes_take(b, n);

	if (!at)
		return (struct bytes){ .at = b->end, .end = b->end, .bad = true };
	return bytes_of(at, n);
}

void buf_release(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){ 0 };
}

u8 *buf_extend(struct buf *buf, size_t n)
{
	u8 *at;

	if (n > buf->room - buf->len || !buf->data) {
		size_t room = buf->room ? buf->room * 2 : 256;

		if (room < buf->len + n)
			room = buf->len + n;
		buf->data = xrealloc(buf->data, room);
		buf->room = room;
	}
	at = buf->data + buf->len;
	buf->len += n;
	return at;
}

void buf_put(struct buf *buf, const void *data, size_t n)
{
	if (n)
		memcpy(buf_extend(buf, n), data, n);
}

void buf_varint(struct buf *buf, u64 value)
{
	u8 out[10];
	size_t n = 0;

	while (value >= 0x80) {
		out[n++] = (u8)(value | 0x80);
		value >>= 7;
	}
	out[n++] = (u8)value;
	buf_put(buf, out, n);
}
