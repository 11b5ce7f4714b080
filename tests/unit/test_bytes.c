/* <aprof/bytes.h>: what is written reads back, and a reader never passes its end. */
#include <aprof/bytes.h>
#include <aprof/types.h>

#include "tests/unit/check.h"

static const u64 numbers[] = {
	0,	   1,	       127,	   128,	      16383,	  16384,
	INT32_MAX, UINT32_MAX, 1ull << 32, INT64_MAX, 1ull << 63, UINT64_MAX,
};

static void test_fixed_width(void)
{
	struct buf buf = { 0 };
	struct bytes b;

	buf_u8(&buf, 0x12);
	buf_u16(&buf, 0x3456);
	buf_u32(&buf, 0x789abcde);
	buf_u64(&buf, 0x0123456789abcdef);
	b = bytes_of(buf.data, buf.len);
	CHECK_EQ(bytes_left(&b), 15);
	CHECK_EQ(bytes_u8(&b), 0x12);
	CHECK_EQ(bytes_u16(&b), 0x3456);
	CHECK_EQ(bytes_u32(&b), 0x789abcde);
	CHECK_EQ(bytes_u64(&b), 0x0123456789abcdef);
	CHECK(!b.bad);

	CHECK_EQ(bytes_u8(&b), 0);
	CHECK(b.bad);
	buf_release(&buf);
}

static void test_varint(void)
{
	struct buf buf = { 0 };
	struct bytes b;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		buf_varint(&buf, numbers[i]);
	b = bytes_of(buf.data, buf.len);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		CHECK_EQ(bytes_varint(&b), numbers[i]);
	CHECK(!b.bad);
	CHECK_EQ(bytes_left(&b), 0);
	buf_release(&buf);
}

/* One row for each encoding that could lead a reader astray. */
static void test_bad_varints(void)
{
	static const struct {
		const char *data;
		size_t size;
	} rows[] = {
		{ "", 0 }, /* nothing */
		{ "\x80", 1 }, /* goes on, but there is nothing */
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 }, /* eleven bytes */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes b = bytes_of(rows[i].data, rows[i].size);

		bytes_varint(&b);
		if (!CHECK(b.bad))
			fprintf(stderr, "in row %zu\n", i);
	}
}

static void test_zigzag(void)
{
	static const i64 signs[] = { 0, -1, 1, -2, INT64_MAX, INT64_MIN };

	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		CHECK_EQ(unzigzag(zigzag(signs[i])), signs[i]);
		CHECK_EQ(unzigzag(i), i & 1 ? -(i64)(i + 1) / 2 : (i64)i / 2);
	}
}

static void test_strings_and_parts(void)
{
	struct bytes b = bytes_of("one\0two", 7);
	struct bytes part;

	CHECK_STR(bytes_cstr(&b), "one");
	part = bytes_sub(&b, 2);
	CHECK_EQ(bytes_left(&part), 2);
	CHECK_EQ(bytes_left(&b), 1);
	CHECK(bytes_cstr(&b) == NULL); /* "o" has no NUL within reach */
	CHECK(b.bad);

	b = bytes_of("ab", 2);
	part = bytes_sub(&b, 3);
	CHECK(b.bad && part.bad);
	CHECK_EQ(bytes_left(&part), 0);
}

int main(void)
{
	test_fixed_width();
	test_varint();
	test_bad_varints();
	test_zigzag();
	test_strings_and_parts();
	return check_done();
}
