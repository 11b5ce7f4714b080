/* Records as the kernel writes them, made for tests. */
#ifndef APROF_UNIT_RECORDS_H
#define APROF_UNIT_RECORDS_H

#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/bytes.h>
#include <aprof/types.h>

/* splitmix64: the same numbers in every run. */
static u64 records_state_ = 1;

static inline u64 random_word(void)
{
	return hash_u64(records_state_ += 0x9e3779b97f4a7c15ull);
}

static inline u64 random_under(u64 limit)
{
	return random_word() % limit;
}

static inline size_t record_begin(struct buf *buf, u32 type, u16 misc)
{
	size_t at = buf->len;

	buf_u32(buf, type);
	buf_u16(buf, misc);
	buf_u16(buf, 0);
	return at;
}

/* Sets header.size; the record is padded to 8 bytes. */
static inline void record_end(struct buf *buf, size_t at)
{
	u16 size;

	while ((buf->len - at) % 8)
		buf_u8(buf, 0);
	size = (u16)(buf->len - at);
	memcpy(buf->data + at + 6, &size, sizeof size);
}

static inline void buf_two(struct buf *buf, u32 a, u32 b)
{
	buf_u32(buf, a);
	buf_u32(buf, b);
}

/* A string and its padding, as the kernel writes paths and names. */
static inline void buf_padded(struct buf *buf, const char *s)
{
	buf_put(buf, s, strlen(s) + 1);
	while (buf->len % 8)
		buf_u8(buf, 0);
}

/* The sample_id of what is no sample. */
static inline void buf_sample_id(struct buf *buf, u64 type, u32 pid, u32 tid, u64 time, u64 id,
				 u32 cpu)
{
	if (type & PERF_SAMPLE_TID)
		buf_two(buf, pid, tid);
	if (type & PERF_SAMPLE_TIME)
		buf_u64(buf, time);
	if (type & PERF_SAMPLE_ID)
		buf_u64(buf, id);
	if (type & PERF_SAMPLE_STREAM_ID)
		buf_u64(buf, ~id);
	if (type & PERF_SAMPLE_CPU)
		buf_two(buf, cpu, 0);
	if (type & PERF_SAMPLE_IDENTIFIER)
		buf_u64(buf, id);
}

#endif
