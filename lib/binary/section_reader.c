/* Decompressing a section by pieces that stay in the CPU's cache. */
#include <config.h>

#include <stdlib.h>

#include <aprof/alloc.h>

#include "lib/binary/binary_private.h"

#if HAVE_ISAL
#include <isa-l/igzip_lib.h>

#define PIECE (256u << 10)

struct section_reader {
	u64 size;
	struct inflate_state state;
	u8 piece[PIECE];
};

/* The header of a zlib stream: deflate, and no dictionary (RFC 1950). */
static bool skip_header(struct bytes *b)
{
	u8 method = bytes_u8(b), flags = bytes_u8(b);

	return !b->bad && (method & 0x0f) == 8 && !(flags & 0x20);
}

static bool find(struct binary *bin, const char *name, struct packed *packed)
{
	bool gnu;
	u32 index = section_index(bin, name, &gnu);

	return index && section_is_compressed(bin, index, gnu) &&
	       section_packed(bin, index, gnu, packed) && packed->type == ELFCOMPRESS_ZLIB &&
	       bytes_left(&packed->bytes) <= UINT32_MAX && skip_header(&packed->bytes);
}

bool section_reader_can(struct binary *bin, const char *name)
{
	struct packed packed;

	return find(bin, name, &packed);
}

struct section_reader *section_reader_new(struct binary *bin, const char *name)
{
	struct section_reader *reader;
	struct packed packed;

	if (!find(bin, name, &packed))
		return NULL;
	reader = xmalloc(sizeof *reader);
	reader->size = packed.size;
	isal_inflate_init(&reader->state);
	/* The checksum is behind the end, which is not reached as a rule. */
	reader->state.crc_flag = ISAL_DEFLATE;
	reader->state.next_in = (u8 *)packed.bytes.at;
	reader->state.avail_in = (u32)bytes_left(&packed.bytes);
	return reader;
}

u64 section_reader_size(const struct section_reader *reader)
{
	return reader->size;
}

struct bytes section_reader_next(struct section_reader *reader)
{
	reader->state.next_out = reader->piece;
	reader->state.avail_out = PIECE;
	if (isal_inflate(&reader->state) != ISAL_DECOMP_OK)
		return bytes_of(reader->piece, 0);
	return bytes_of(reader->piece, PIECE - reader->state.avail_out);
}

void section_reader_free(struct section_reader *reader)
{
	free(reader);
}
#else
bool section_reader_can(struct binary *bin, const char *name)
{
	(void)bin;
	(void)name;
	return false;
}

struct section_reader *section_reader_new(struct binary *bin, const char *name)
{
	(void)bin;
	(void)name;
	return NULL;
}

u64 section_reader_size(const struct section_reader *reader)
{
	(void)reader;
	return 0;
}

struct bytes section_reader_next(struct section_reader *reader)
{
	(void)reader;
	return bytes_of(NULL, 0);
}

void section_reader_free(struct section_reader *reader)
{
	(void)reader;
}
#endif
