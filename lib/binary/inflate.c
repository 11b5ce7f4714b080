/*
 * Compressed sections: by libzstd, and by libdeflate, which takes a third of zlib's time, or zlib; in
 * memory that is bounded by their size.
 */
#include <config.h>

#if HAVE_LIBDEFLATE
#include <libdeflate.h>
#else
#include <zlib.h>
#endif
#include <zstd.h>

#include <aprof/alloc.h>

#include "lib/binary/binary_private.h"

/* Deflate gains at most 1032:1; zstd could gain more, but debug information does not. */
#define MAX_RATIO 1100

static u8 *inflate_zstd(struct bytes b, size_t size)
{
	u8 *data = malloc(size);
	size_t got;

	if (!data)
		return NULL;
	got = ZSTD_decompress(data, size, b.at, bytes_left(&b));
	if (ZSTD_isError(got) || got != size) {
		free(data);
		return NULL;
	}
	return data;
}

#if HAVE_LIBDEFLATE
static bool unzip(u8 *data, size_t size, struct bytes b)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	bool ok = d && libdeflate_zlib_decompress(d, b.at, bytes_left(&b), data, size, NULL) ==
			       LIBDEFLATE_SUCCESS;

	libdeflate_free_decompressor(d);
	return ok;
}
#else
static bool unzip(u8 *data, size_t size, struct bytes b)
{
	uLongf got = size;

	return uncompress(data, &got, b.at, bytes_left(&b)) == Z_OK && got == size;
}
#endif

static u8 *inflate_zlib(struct bytes b, size_t size)
{
	u8 *data = malloc(size);

	if (data && unzip(data, size, b))
		return data;
	free(data);
	return NULL;
}

static u8 *decompress(const struct binary *bin, u32 index, bool gnu, size_t *size)
{
	struct bytes b = section_bytes(bin, &bin->sections.data[index]);
	u64 want;
	u32 type;

	if (gnu) {
		const u8 *magic = bytes_take(&b, 4);

		type = magic && !memcmp(magic, "ZLIB", 4) ? ELFCOMPRESS_ZLIB : 0;
		want = __builtin_bswap64(bytes_u64(&b));
	} else {
		type = bytes_u32(&b);
		bytes_u32(&b);
		want = bytes_u64(&b);
		bytes_u64(&b);
	}
	if (b.bad || !want || want / MAX_RATIO > bytes_left(&b))
		return NULL;
	*size = want;
	if (type == 2) /* ELFCOMPRESS_ZSTD, glibc 2.36 */
		return inflate_zstd(b, *size);
	return type == ELFCOMPRESS_ZLIB ? inflate_zlib(b, *size) : NULL;
}

struct bytes section_inflate(struct binary *bin, u32 index, bool gnu)
{
	struct inflated *it;

	vec_each(&bin->inflated, old)
		if (old->index == index)
			return bytes_of(old->data, old->data ? old->size : 0);
	it = vec_push(&bin->inflated);
	*it = (struct inflated){ .index = index };
	it->data = decompress(bin, index, gnu, &it->size);
	return bytes_of(it->data, it->data ? it->size : 0);
}
