/* Compressed sections of <aprof/binary.h>: as a whole, ahead, and by pieces. */
#include <config.h>

#include <elf.h>

#include <zlib.h>
#include <zstd.h>

#include <aprof/binary.h>
#include <aprof/cleanup.h>

#include "tests/unit/check.h"
#include "tests/unit/elf_image.h"

/* The zlib form of bytes that were not compressed at all: RFC 1950 around one stored block. */
static void put_stored_zlib(struct buf *out, const void *data, u16 size)
{
	const u8 *p = data;
	u32 a = 1, b = 0;

	for (u16 i = 0; i < size; i++) {
		a = (a + p[i]) % 65521;
		b = (b + a) % 65521;
	}
	buf_u16(out, 0x0178);
	buf_u8(out, 1);
	buf_u16(out, size);
	buf_u16(out, (u16)~size);
	buf_put(out, data, size);
	buf_u32(out, __builtin_bswap32(b << 16 | a));
}

static void put_chdr(struct buf *out, u32 type, u64 size)
{
	Elf64_Chdr header = { .ch_type = type, .ch_size = size, .ch_addralign = 1 };

	buf_put(out, &header, sizeof header);
}

static void check_section(struct binary *bin, const char *name, const char *want)
{
	struct section s;

	if (!CHECK(binary_section(bin, name, &s)))
		return;
	if (CHECK_EQ(bytes_left(&s.data), strlen(want)))
		CHECK_MEM(s.data.at, want, strlen(want));
}

/* As threads do that decompress what a query will read. */
static void inflate_ahead(struct binary *bin)
{
	static const char *const names[] = { ".debug_info", ".debug_str", ".debug_abbrev", ".debug_loc",
					     ".debug_types", ".debug_none" };
	size_t count = binary_plan_inflating(bin, names, ARRAY_LEN(names));

	CHECK_EQ(count, 3);
	CHECK_EQ(binary_plan_inflating(bin, names, 1), count);
	for (size_t i = 0; i < count; i++) {
		CHECK(binary_planned_size(bin, i) > 0);
		binary_inflate_planned(bin, i);
	}
}

static void check_compressed_sections(bool ahead)
{
	static const char text[] = "what was compressed";
	CLEANUP(binary_closep) struct binary *bin = NULL;
	struct buf zlib = { 0 }, zstd = { 0 }, gnu = { 0 }, lies = { 0 }, short_of = { 0 };
	char packed[256];
	struct elf_image e;

	put_chdr(&zlib, ELFCOMPRESS_ZLIB, strlen(text));
	put_stored_zlib(&zlib, text, (u16)strlen(text));
	put_chdr(&zstd, 2, strlen(text));
	buf_put(&zstd, packed, ZSTD_compress(packed, sizeof packed, text, strlen(text), 1));
	buf_put(&gnu, "ZLIB", 4);
	buf_u64(&gnu, __builtin_bswap64(strlen(text)));
	put_stored_zlib(&gnu, text, (u16)strlen(text));
	put_chdr(&lies, ELFCOMPRESS_ZLIB, 1ull << 40);
	put_stored_zlib(&lies, text, (u16)strlen(text));
	put_chdr(&short_of, ELFCOMPRESS_ZLIB, strlen(text) + 3);
	put_stored_zlib(&short_of, text, (u16)strlen(text));

	elf_image_init(&e);
	elf_image_section(&e, ".debug_info", SHT_PROGBITS, SHF_COMPRESSED, 0, zlib.data, zlib.len);
	elf_image_section(&e, ".debug_line", SHT_PROGBITS, SHF_COMPRESSED, 0, zstd.data, zstd.len);
	elf_image_section(&e, ".zdebug_str", SHT_PROGBITS, 0, 0, gnu.data, gnu.len);
	elf_image_section(&e, ".debug_loc", SHT_PROGBITS, SHF_COMPRESSED, 0, lies.data, lies.len);
	elf_image_section(&e, ".debug_macro", SHT_PROGBITS, SHF_COMPRESSED, 0, short_of.data,
			  short_of.len);
	elf_image_section(&e, ".debug_abbrev", SHT_PROGBITS, 0, 0, text, strlen(text));
	elf_image_section(&e, ".debug_types", SHT_NOBITS, 0, 0, NULL, 4096);
	bin = elf_image_open(&e, "compressed");
	CHECK(binary_has_dwarf(bin));
	if (ahead)
		inflate_ahead(bin);
	check_section(bin, ".debug_info", text);
	check_section(bin, ".debug_info", text); /* and again, from memory */
	check_section(bin, ".debug_line", text);
	check_section(bin, ".debug_str", text);
	check_section(bin, ".debug_loc", "");
	check_section(bin, ".debug_macro", "");
	check_section(bin, ".debug_abbrev", text);
	check_section(bin, ".debug_types", "");
	buf_release(&zlib);
	buf_release(&zstd);
	buf_release(&gnu);
	buf_release(&lies);
	buf_release(&short_of);
}

static void test_compressed_sections(void)
{
	check_compressed_sections(false);
	check_compressed_sections(true);
}

/* What the pieces of a section of `size` bytes are, put together. */
static struct buf read_pieces(const void *packed, size_t packed_size, u64 size)
{
	CLEANUP(binary_closep) struct binary *bin = NULL;
	struct section_reader *reader;
	struct buf section = { 0 }, all = { 0 };
	struct bytes piece;
	struct elf_image e;

	put_chdr(&section, ELFCOMPRESS_ZLIB, size);
	buf_put(&section, packed, packed_size);
	elf_image_init(&e);
	elf_image_section(&e, ".debug_info", SHT_PROGBITS, SHF_COMPRESSED, 0, section.data,
			  section.len);
	bin = elf_image_open(&e, "pieces");
	reader = section_reader_new(bin, ".debug_info");
	if (CHECK(reader) && CHECK_EQ(section_reader_size(reader), size))
		for (piece = section_reader_next(reader); bytes_left(&piece);
		     piece = section_reader_next(reader))
			buf_put(&all, piece.at, bytes_left(&piece));
	section_reader_free(reader);
	buf_release(&section);
	return all;
}

static void test_section_reader(void)
{
	enum { SIZE = 700001 };
	static u8 plain[SIZE], packed[SIZE + SIZE / 100];
	uLongf packed_size = sizeof packed;
	struct buf all;
	u32 x = 1;

	if (!HAVE_ISAL)
		return;
	for (u32 i = 0; i < SIZE; i++, x = x * 1664525 + 1013904223)
		plain[i] = x >> 28;
	CHECK_EQ(compress(packed, &packed_size, plain, sizeof plain), Z_OK);
	all = read_pieces(packed, packed_size, SIZE);
	if (CHECK_EQ(all.len, SIZE))
		CHECK_MEM(all.data, plain, SIZE);
	buf_release(&all);
	/* A file that ends early has what there is of it. */
	all = read_pieces(packed, packed_size / 2, SIZE);
	if (CHECK(all.len > SIZE / 4 && all.len < SIZE))
		CHECK_MEM(all.data, plain, all.len);
	buf_release(&all);
}

int main(void)
{
	test_compressed_sections();
	test_section_reader();
	return check_done();
}
