/* Modules: kind, path, build id and what was wrong with them. */
#include <aprof/file.h>

#include "lib/file/ids.h"

void modules_encode(struct buf *out, const struct module_items *items)
{
	vec_each(items, m) {
		buf_varint(out, m->id);
		buf_u8(out, (u8)m->kind);
		put_optional(out, m->path);
		put_optional(out, m->problem);
		buf_u8(out, m->build_id.size);
		buf_put(out, m->build_id.bytes, m->build_id.size);
	}
}

static struct module_item get_module(struct bytes *in)
{
	struct module_item m = { .id = get_id(in), .kind = bytes_u8(in) };
	const u8 *bytes;

	m.path = get_optional(in);
	m.problem = get_optional(in);
	m.build_id.size = bytes_u8(in);
	if (m.build_id.size > BUILD_ID_MAX) {
		in->bad = true;
		return m;
	}
	bytes = bytes_take(in, m.build_id.size);
	if (bytes)
		memcpy(m.build_id.bytes, bytes, m.build_id.size);
	return m;
}

bool modules_decode(struct bytes in, struct module_items *out)
{
	out->len = 0;
	while (bytes_left(&in) && !in.bad)
		*vec_push(out) = get_module(&in);
	return !in.bad;
}
