/* File offsets to link-time addresses and back, through the loaded segments. */
#include "lib/binary/binary_private.h"

/* The same byte may be loaded twice where segments share a page; code is where it can run. */
static u64 translate(const struct binary *bin, u64 place, bool to_vaddr)
{
	u64 found = UINT64_MAX;

	vec_each(&bin->segments, s) {
		u64 from = to_vaddr ? s->offset : s->vaddr;
		u64 to = to_vaddr ? s->vaddr : s->offset;

		if (place < from || place - from >= s->file_size)
			continue;
		if (s->executable)
			return place - from + to;
		if (found == UINT64_MAX)
			found = place - from + to;
	}
	return found;
}

u64 binary_offset_to_vaddr(const struct binary *bin, u64 offset)
{
	return translate(bin, offset, true);
}

u64 binary_vaddr_to_offset(const struct binary *bin, u64 vaddr)
{
	return translate(bin, vaddr, false);
}
