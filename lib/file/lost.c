/* Records that the kernel had no room for. */
#include <aprof/file.h>

#include "lib/file/ids.h"

void lost_encode(struct buf *out, const struct lost_items *items)
{
	vec_each(items, l) {
		buf_varint(out, l->time / ROW_TICK_NS);
		buf_varint(out, l->cpu);
		buf_varint(out, l->records);
	}
}

bool lost_decode(struct bytes in, struct lost_items *out)
{
	out->len = 0;
	while (bytes_left(&in) && !in.bad) {
		struct lost_item *l = vec_push(out);

		l->time = bytes_varint(&in) * ROW_TICK_NS;
		l->cpu = get_u32(&in);
		l->records = bytes_varint(&in);
	}
	return !in.bad;
}
