/* Frames: columns of kinds, modules and offsets. An offset is told from the last one of its module. */
#include <aprof/file.h>

#include "lib/file/column.h"
#include "lib/file/ids.h"
#include "lib/file/scratch.h"

/* lookup, space, source and status in one integer, most significant last to change first. */
static u64 pack_kind(const struct frame *f)
{
	return (u64)f->lookup | (u64)f->space << 2 | (u64)f->status << 4 | (u64)f->source << 8;
}

static bool unpack_kind(u64 kind, struct frame *f)
{
	f->lookup = kind & 3;
	f->space = kind >> 2 & 3;
	f->status = kind >> 4 & 15;
	f->source = (u8)(kind >> 8);
	return kind <= UINT16_MAX && f->lookup <= LOOKUP_AWAIT && f->space <= SPACE_GUEST &&
	       f->status < FRAME_STATUS_COUNT && f->source < SOURCE_COUNT;
}

/* The last offset of each module: a small table, since deltas need not be told apart for ever. */
#define LAST_SLOTS 256u

static u64 *last_of(u64 *last, u32 module)
{
	return &last[module % LAST_SLOTS];
}

void frames_encode(struct buf *out, u32 first, const struct frame *frames, u32 count)
{
	u64 last[LAST_SLOTS] = { 0 };
	AUTO_COLUMN(kind, count);
	AUTO_COLUMN(module, count);
	AUTO_COLUMN(offset, count);

	for (u32 i = 0; i < count; i++) {
		u64 *before = last_of(last, frames[i].module);

		kind[i] = pack_kind(&frames[i]);
		module[i] = frames[i].module == NO_ID ? 0 : (u64)frames[i].module + 1;
		offset[i] = zigzag((i64)(frames[i].offset - *before));
		*before = frames[i].offset;
	}
	buf_varint(out, first);
	buf_varint(out, count);
	column_put(out, kind, count);
	column_put(out, module, count);
	column_put(out, offset, count);
}

bool frames_decode(struct bytes in, u32 *first, struct frame_items *out)
{
	u64 last[LAST_SLOTS] = { 0 };
	u32 count;

	*first = get_id(&in);
	count = get_count(&in);
	vec_resize(out, count);
	AUTO_COLUMN(kind, count);
	AUTO_COLUMN(module, count);
	AUTO_COLUMN(offset, count);
	column_get(&in, kind, count);
	column_get(&in, module, count);
	column_get(&in, offset, count);
	for (u32 i = 0; i < count; i++) {
		struct frame *f = &out->data[i];
		u64 *before;

		if (!unpack_kind(kind[i], f) || module[i] > FILE_MAX_IDS)
			return false;
		f->module = module[i] ? (u32)(module[i] - 1) : NO_ID;
		before = last_of(last, f->module);
		*before += (u64)unzigzag(offset[i]);
		f->offset = *before;
	}
	return !in.bad && *first + count <= FILE_MAX_IDS;
}
