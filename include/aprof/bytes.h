/*
 * Bounded reading of bytes from outside, and the writing of the same shapes.
 *
 * A reader never passes its end: a read that would returns 0 and sets `bad`, which stays set, so
 * that a parser may check once behind a group of reads. Integers are little-endian. Varints are
 * LEB128, as DWARF has them; at most ten bytes.
 */
#ifndef APROF_BYTES_H
#define APROF_BYTES_H

#include <string.h>

#include <aprof/types.h>

struct bytes {
	const u8 *at;
	const u8 *end;
	bool bad;
};

static inline struct bytes bytes_of(const void *data, size_t size)
{
	/* Not NULL + 0: C knows no such sum. */
	return (struct bytes){ .at = data, .end = size ? (const u8 *)data + size : data };
}

static inline size_t bytes_left(const struct bytes *b)
{
	return (size_t)(b->end - b->at);
}

/* The next n bytes, consumed; NULL and bad if there are fewer. */
static inline const u8 *bytes_take(struct bytes *b, size_t n)
{
	const u8 *at = b->at;

	if (n > bytes_left(b)) {
		b->bad = true;
		b->at = b->end;
		return NULL;
	}
	if (n) /* an empty reader may be of NULL */
		b->at += n;
	return at;
}

static inline bool bytes_skip(struct bytes *b, size_t n)
{
	bool enough = n <= bytes_left(b);

	bytes_take(b, n);
	return enough;
}

#define BYTES_READ_(type)                                         \
	static inline type bytes_##type(struct bytes *b)          \
	{                                                         \
		type value = 0;                                   \
		const u8 *at = bytes_take(b, sizeof value);       \
		if (at)                                           \
			memcpy(&value, at, sizeof value);         \
		return value;                                     \
	}
BYTES_READ_(u8)
BYTES_READ_(u16)
BYTES_READ_(u32)
BYTES_READ_(u64)
#undef BYTES_READ_

u64 bytes_varint_slow(struct bytes *b);

static inline u64 bytes_varint(struct bytes *b)
{
	if (bytes_left(b) >= 2) {
		u8 low = b->at[0], high = b->at[1];

		if (low < 0x80) {
			b->at += 1;
			return low;
		}
		if (high < 0x80) {
			b->at += 2;
			return (low & 0x7fu) | (u64)high << 7;
		}
	}
	return bytes_varint_slow(b);
}

i64 bytes_svarint(struct bytes *b); /* SLEB128 */

static inline i64 unzigzag(u64 v)
{
	return (i64)(v >> 1) ^ -(i64)(v & 1);
}

static inline u64 zigzag(i64 v)
{
	return ((u64)v << 1) ^ (u64)(v >> 63);
}

/* A NUL-terminated string inside the bytes, consumed; NULL and bad if no NUL is in reach. */
const char *bytes_cstr(struct bytes *b);

/* The next n bytes as a reader of their own, consumed; empty and both bad if there are fewer. */
struct bytes bytes_sub(struct bytes *b, size_t n);

/* A growing buffer of bytes. {0} is empty. */
struct buf {
	u8 *data;
	size_t len;
	size_t room;
};

void buf_release(struct buf *buf);
/* n uninitialised bytes at the end. */
u8 *buf_extend(struct buf *buf, size_t n);
void buf_put(struct buf *buf, const void *data, size_t n);
void buf_varint(struct buf *buf, u64 value);

static inline void buf_u8(struct buf *buf, u8 v)
{
	*buf_extend(buf, 1) = v;
}

static inline void buf_u16(struct buf *buf, u16 v)
{
	memcpy(buf_extend(buf, sizeof v), &v, sizeof v);
}

static inline void buf_u32(struct buf *buf, u32 v)
{
	memcpy(buf_extend(buf, sizeof v), &v, sizeof v);
}

static inline void buf_u64(struct buf *buf, u64 v)
{
	memcpy(buf_extend(buf, sizeof v), &v, sizeof v);
}

static inline void buf_svarint(struct buf *buf, i64 value)
{
	buf_varint(buf, zigzag(value));
}

#endif
