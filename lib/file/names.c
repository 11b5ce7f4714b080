/* Names of places in a module, embedded for readers who have not its file. */
#include <aprof/file.h>

#include "lib/file/ids.h"

static void put_text(struct buf *out, const char *text)
{
	buf_put(out, text, strlen(text) + 1);
}

static void put_function(struct buf *out, const struct packed_function *f)
{
	buf_u8(out, (u8)((f->source & 15) | (f->is_rust ? 16 : 0) | (f->shared ? 32 : 0)));
	put_optional(out, f->name);
	put_optional(out, f->path);
	put_optional(out, f->linkage);
	put_optional(out, f->file);
	buf_varint(out, f->line);
}

void packed_encode(struct buf *out, const struct packed_names *names)
{
	u64 last = 0;

	buf_u8(out, (u8)names->kind);
	buf_u8(out, names->build_id.size);
	buf_put(out, names->build_id.bytes, names->build_id.size);
	put_text(out, names->module);
	buf_varint(out, names->strings.len);
	vec_each(&names->strings, text)
		put_text(out, *text);
	buf_varint(out, names->functions.len);
	vec_each(&names->functions, f)
		put_function(out, f);
	buf_varint(out, names->places.len);
	vec_each(&names->places, place) {
		buf_varint(out, place->offset - last);
		last = place->offset;
		buf_varint(out, place->count);
		for (u32 i = 0; i < place->count; i++) {
			const struct packed_frame *f = &names->frames.data[place->first + i];

			buf_varint(out, f->function);
			put_optional(out, f->file);
			buf_varint(out, f->line);
		}
	}
}

/* A string id, or none; what is not there is damage. */
static u32 get_string(struct bytes *in, const struct packed_names *names)
{
	u32 id = get_optional(in);

	if (id != NO_ID && id >= names->strings.len)
		in->bad = true;
	return id;
}

static void get_functions(struct bytes *in, struct packed_names *names)
{
	u32 count = get_count(in);

	for (u32 i = 0; i < count && !in->bad; i++) {
		struct packed_function *f = vec_push(&names->functions);
		u8 bits = bytes_u8(in);

		f->source = bits & 15;
		f->is_rust = bits & 16;
		f->shared = bits & 32;
		f->name = get_string(in, names);
		f->path = get_string(in, names);
		f->linkage = get_string(in, names);
		f->file = get_string(in, names);
		f->line = get_u32(in);
	}
}

static void get_place(struct bytes *in, struct packed_names *names, u64 *last)
{
	struct packed_place place = { .first = (u32)names->frames.len };
	u64 step = bytes_varint(in);

	if (__builtin_add_overflow(*last, step, &place.offset))
		in->bad = true;
	*last = place.offset;
	place.count = get_count(in);
	for (u32 i = 0; i < place.count && !in->bad; i++) {
		struct packed_frame *f = vec_push(&names->frames);

		f->function = get_u32(in);
		f->file = get_string(in, names);
		f->line = get_u32(in);
		if (f->function >= names->functions.len)
			in->bad = true;
	}
	*vec_push(&names->places) = place;
}

bool packed_decode(struct bytes in, struct packed_names *out)
{
	u64 last = 0;
	u32 count;
	const u8 *id;

	*out = (struct packed_names){ .kind = (enum module_kind)bytes_u8(&in) };
	out->build_id.size = bytes_u8(&in);
	id = out->build_id.size <= BUILD_ID_MAX ? bytes_take(&in, out->build_id.size) : NULL;
	if (!id)
		return false;
	memcpy(out->build_id.bytes, id, out->build_id.size);
	out->module = bytes_cstr(&in);
	count = get_count(&in);
	for (u32 i = 0; i < count && !in.bad; i++)
		*vec_push(&out->strings) = bytes_cstr(&in);
	get_functions(&in, out);
	count = get_count(&in);
	for (u32 i = 0; i < count && !in.bad; i++)
		get_place(&in, out, &last);
	if (in.bad)
		packed_release(out);
	return !in.bad;
}

void packed_release(struct packed_names *names)
{
	vec_release(&names->strings);
	vec_release(&names->functions);
	vec_release(&names->frames);
	vec_release(&names->places);
}
