/* Strings: the id of the first, then each with its NUL. */
#include <aprof/file.h>

#include <string.h>

void strings_encode(struct buf *out, u32 first, const struct string_items *items)
{
	buf_varint(out, first);
	vec_each(items, item)
		buf_put(out, *item, strlen(*item) + 1);
}

bool strings_decode(struct bytes in, u32 *first, struct string_items *out)
{
	u64 id = bytes_varint(&in);

	out->len = 0;
	while (bytes_left(&in) && !in.bad && out->len < FILE_MAX_IDS)
		*vec_push(out) = bytes_cstr(&in);
	*first = (u32)id;
	return !in.bad && !bytes_left(&in) && id + out->len <= FILE_MAX_IDS;
}
