/* The wire format of protocol buffers: varints, and length-delimited fields. */
#include "report/render/proto.h"

enum wire {
	WIRE_VARINT = 0,
	WIRE_BYTES = 2,
};

static void put_varint(struct text *out, u64 value)
{
	while (value > 127) {
		text_char(out, (char)(value | 128));
		value >>= 7;
	}
	text_char(out, (char)value);
}

static void put_tag(struct text *out, u32 field, enum wire wire)
{
	put_varint(out, (u64)field << 3 | wire);
}

void proto_u64(struct text *message, u32 field, u64 value)
{
	if (!value)
		return;
	put_tag(message, field, WIRE_VARINT);
	put_varint(message, value);
}

static void put_bytes(struct text *message, u32 field, const char *data, size_t len)
{
	put_tag(message, field, WIRE_BYTES);
	put_varint(message, len);
	text_add_n(message, data, len);
}

void proto_string(struct text *message, u32 field, const char *s)
{
	put_bytes(message, field, s, strlen(s));
}

void proto_message(struct text *message, u32 field, struct text *inner)
{
	put_bytes(message, field, text_str(inner), inner->len);
	text_clear(inner);
}

void proto_packed(struct text *message, u32 field, const u64 *values, size_t count)
{
	struct text packed = { 0 };

	for (size_t i = 0; i < count; i++)
		put_varint(&packed, values[i]);
	proto_message(message, field, &packed);
	text_release(&packed);
}
