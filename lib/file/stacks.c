/* Nodes of the stack trie: columns of the distance to the parent, and of frames. */
#include <aprof/file.h>

#include "lib/file/column.h"
#include "lib/file/ids.h"
#include "lib/file/scratch.h"

void stacks_encode(struct buf *out, u32 first, const struct trie_node *nodes, u32 count)
{
	u32 last = 0;
	AUTO_COLUMN(parent, count);
	AUTO_COLUMN(frame, count);

	for (u32 i = 0; i < count; i++) {
		parent[i] = nodes[i].parent == NO_ID ? 0 : first + i - nodes[i].parent;
		frame[i] = zigzag((i64)nodes[i].frame - last);
		last = nodes[i].frame;
	}
	buf_varint(out, first);
	buf_varint(out, count);
	column_put(out, parent, count);
	column_put(out, frame, count);
}

bool stacks_decode(struct bytes in, u32 *first, struct node_items *out)
{
	u64 last = 0;
	u32 count;

	*first = get_id(&in);
	count = get_count(&in);
	vec_resize(out, count);
	AUTO_COLUMN(parent, count);
	AUTO_COLUMN(frame, count);
	column_get(&in, parent, count);
	column_get(&in, frame, count);
	for (u32 i = 0; i < count; i++) {
		last += (u64)unzigzag(frame[i]);
		if (parent[i] > (u64)*first + i || last >= FILE_MAX_IDS)
			return false;
		out->data[i].parent = parent[i] ? (u32)(*first + i - parent[i]) : NO_ID;
		out->data[i].frame = (u32)last;
	}
	return !in.bad && *first + count <= FILE_MAX_IDS;
}
