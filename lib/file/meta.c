/* Facts about the recording: pairs of NUL-terminated strings. */
#include <aprof/file.h>

#include <string.h>

void meta_encode(struct buf *out, const struct meta_items *items)
{
	vec_each(items, item) {
		buf_put(out, item->key, strlen(item->key) + 1);
		buf_put(out, item->value, strlen(item->value) + 1);
	}
}

bool meta_decode(struct bytes in, struct meta_items *out)
{
	out->len = 0;
	while (bytes_left(&in)) {
		struct meta_item item;

		item.key = bytes_cstr(&in);
		item.value = bytes_cstr(&in);
		if (in.bad)
			return false;
		*vec_push(out) = item;
	}
	return true;
}
