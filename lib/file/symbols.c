/* Names of code that no file has: the kernel's functions, and what a JIT told of itself. */
#include <aprof/file.h>

#include "lib/file/ids.h"

void symbols_encode(struct buf *out, const struct symbol_items *items)
{
	u64 last = 0;

	vec_each(items, s) {
		buf_varint(out, s->module);
		buf_varint(out, s->name);
		buf_svarint(out, (i64)(s->start - last));
		buf_varint(out, s->end - s->start);
		last = s->start;
	}
}

bool symbols_decode(struct bytes in, struct symbol_items *out)
{
	u64 last = 0;

	out->len = 0;
	while (bytes_left(&in) && !in.bad) {
		struct symbol_item *s = vec_push(out);
		u64 size;

		s->module = get_id(&in);
		s->name = get_id(&in);
		last += (u64)unzigzag(bytes_varint(&in));
		size = bytes_varint(&in);
		s->start = last;
		if (__builtin_add_overflow(last, size, &s->end))
			in.bad = true;
	}
	return !in.bad;
}
