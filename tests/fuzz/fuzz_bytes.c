/* Reads of every shape, in an order that the input chooses, stay inside and move forward. */
#include <stdlib.h>

#include <aprof/bytes.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_one(struct bytes *b)
{
	struct bytes part;

	switch (bytes_u8(b) % 8) {
	case 0:
		bytes_varint(b);
		break;
	case 1:
		bytes_svarint(b);
		break;
	case 2:
		bytes_cstr(b);
		break;
	case 3:
		part = bytes_sub(b, bytes_u8(b));
		while (bytes_left(&part))
			read_one(&part);
		break;
	case 4:
		bytes_u16(b);
		break;
	case 5:
		bytes_u32(b);
		break;
	case 6:
		bytes_u64(b);
		break;
	case 7:
		bytes_skip(b, bytes_varint(b));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = bytes_of(data, size);

	while (bytes_left(&b)) {
		size_t left = bytes_left(&b);

		read_one(&b);
		if (bytes_left(&b) >= left || b.end != data + size)
			abort();
	}
	return 0;
}
