/* Nodes of the stack trie: columns of the distance to the parent, and of frames. */
#include <aprof/file.h>

#include "lib/file/column.h"
#include "lib/file/ids.h"
#include "lib/file/scratch.h"

/*
 * Frames are numbered by first sight, so a node's frame is often the first that no node before had:
 * that is 0. Any other is told from the last node's. Both sides follow along.
 */
struct follow {
	u64 next; /* the frame that no node of the chunk had */
	u64 last;
};

static u64 frame_code(struct follow *f, u32 frame)
{
	u64 code = frame == f->next ? 0 : 1 + zigzag((i64)frame - (i64)f->last);

	f->last = frame;
	if (frame >= f->next)
		f->next = (u64)frame + 1;
	return code;
}

static u64 frame_of(struct follow *f, u64 code)
{
	u64 frame = code ? f->last + (u64)unzigzag(code - 1) : f->next;

	f->last = frame;
	if (frame >= f->next)
		f->next = frame + 1;
	return frame;
}

void stacks_encode(struct buf *out, u32 first, u32 next_frame, const struct trie_node *nodes,
		   u32 count)
{
	struct follow follow = { .next = next_frame };
	AUTO_COLUMN(parent, count);
	AUTO_COLUMN(frame, count);

	for (u32 i = 0; i < count; i++) {
		parent[i] = nodes[i].parent == NO_ID ? 0 : first + i - nodes[i].parent;
		frame[i] = frame_code(&follow, nodes[i].frame);
	}
	buf_varint(out, first);
	buf_varint(out, count);
	buf_varint(out, next_frame);
	column_put(out, parent, count);
	column_put(out, frame, count);
}

bool stacks_decode(struct bytes in, u32 *first, struct node_items *out)
{
	u32 count;
	struct follow follow = { 0 };

	*first = get_id(&in);
	count = get_count(&in);
	follow.next = get_id(&in);
	vec_resize(out, count);
	AUTO_COLUMN(parent, count);
	AUTO_COLUMN(frame, count);
	column_get(&in, parent, count);
	column_get(&in, frame, count);
	for (u32 i = 0; i < count; i++) {
		u64 id = frame_of(&follow, frame[i]);

		if (parent[i] > (u64)*first + i || id >= FILE_MAX_IDS)
			return false;
		out->data[i].parent = parent[i] ? (u32)(*first + i - parent[i]) : NO_ID;
		out->data[i].frame = (u32)id;
	}
	return !in.bad && *first + count <= FILE_MAX_IDS;
}
