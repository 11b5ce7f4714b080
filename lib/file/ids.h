/* Ids in payloads, as varints: an id below FILE_MAX_IDS, or one that may be absent. */
#ifndef APROF_FILE_IDS_H
#define APROF_FILE_IDS_H

#include <aprof/file.h>

static inline u32 get_u32(struct bytes *in)
{
	u64 value = bytes_varint(in);

	if (value > UINT32_MAX)
		in->bad = true;
	return (u32)value;
}

static inline u32 get_id(struct bytes *in)
{
	u32 id = get_u32(in);

	if (id >= FILE_MAX_IDS)
		in->bad = true;
	return id;
}

/* NO_ID is 0, and every other id one more. */
static inline void put_optional(struct buf *out, u32 id)
{
	buf_varint(out, id == NO_ID ? 0 : (u64)id + 1);
}

static inline u32 get_optional(struct bytes *in)
{
	u64 value = bytes_varint(in);

	if (value > FILE_MAX_IDS)
		in->bad = true;
	return value ? (u32)(value - 1) : NO_ID;
}

/* The number of items, and no more than `in` can hold at one byte each. */
static inline u32 get_count(struct bytes *in)
{
	u64 count = bytes_varint(in);

	if (count > FILE_MAX_ITEMS)
		in->bad = true;
	return in->bad ? 0 : (u32)count;
}

#endif
