/*
 * Compressed sections: by libzstd, and by ISA-L, which takes a third of zlib's time, or zlib; in
 * memory that is bounded by their size.
 */
#include <config.h>

#include <stdlib.h>
#if HAVE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif
#include <sys/mman.h>
#include <zstd.h>

#include <aprof/alloc.h>

#include "lib/binary/binary_private.h"

/* Deflate gains at most 1032:1; zstd could gain more, but debug information does not. */
#define MAX_RATIO 1100

#define HUGE_PAGE ((size_t)2 << 20)

/*
 * All of it will be written, and a fault for each of its small pages costs a fifth of the time. Where
 * there are no huge pages, it has small ones: whether madvise() can does not matter.
 */
static u8 *room_for(size_t size)
{
	size_t whole = (size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	u8 *data;

	if (size < HUGE_PAGE / 2)
		return malloc(size);
	data = aligned_alloc(HUGE_PAGE, whole);
	if (data)
		madvise(data, whole, MADV_HUGEPAGE);
	return data;
}

static u8 *inflate_zstd(struct bytes b, size_t size)
{
	u8 *data = room_for(size);
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

#if HAVE_ISAL
/* ISA-L counts in 32 bits: of larger sections it gets a part after the other. */
static u32 some_of(size_t left)
{
	return (u32)u64_min(left, 1u << 30);
}

/* There must be room for one byte more: only then is the end of the stream looked at. */
static bool unzip(u8 *data, size_t size, struct bytes b)
{
	struct inflate_state *state = xmalloc(sizeof *state);
	const u8 *end = data + size + 1;
	int result;
	bool ok;

	isal_inflate_init(state);
	state->crc_flag = ISAL_ZLIB;
	state->next_out = data;
	do {
		if (!state->avail_in) {
			state->avail_in = some_of(bytes_left(&b));
			state->next_in = (u8 *)bytes_take(&b, state->avail_in);
		}
		state->avail_out = some_of((size_t)(end - state->next_out));
		result = isal_inflate(state);
	} while (result == ISAL_DECOMP_OK && state->block_state != ISAL_BLOCK_FINISH &&
		 state->next_out < end && (state->avail_in || bytes_left(&b)));
	ok = result == ISAL_DECOMP_OK && state->block_state == ISAL_BLOCK_FINISH &&
	     state->next_out == end - 1;
	free(state);
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
	u8 *data = room_for(size + 1);

	if (data && unzip(data, size, b))
		return data;
	free(data);
	return NULL;
}

bool section_packed(const struct binary *bin, u32 index, bool gnu, struct packed *out)
{
	struct bytes b = section_bytes(bin, &bin->sections.data[index]);

	if (gnu) {
		const u8 *magic = bytes_take(&b, 4);

		out->type = magic && !memcmp(magic, "ZLIB", 4) ? ELFCOMPRESS_ZLIB : 0;
		out->size = __builtin_bswap64(bytes_u64(&b));
	} else {
		out->type = bytes_u32(&b);
		bytes_u32(&b);
		out->size = bytes_u64(&b);
		bytes_u64(&b);
	}
	out->bytes = b;
	return !b.bad && out->size && out->size / MAX_RATIO <= bytes_left(&b);
}

static u8 *decompress(const struct binary *bin, u32 index, bool gnu, size_t *size)
{
	struct packed packed;

	if (!section_packed(bin, index, gnu, &packed))
		return NULL;
	*size = packed.size;
	if (packed.type == 2) /* ELFCOMPRESS_ZSTD, glibc 2.36 */
		return inflate_zstd(packed.bytes, packed.size);
	return packed.type == ELFCOMPRESS_ZLIB ? inflate_zlib(packed.bytes, packed.size) : NULL;
}

/* The place of a section in bin->inflated, new or old. */
static struct inflated *place_of(struct binary *bin, u32 index, bool gnu)
{
	struct inflated *it = NULL;

	pthread_mutex_lock(&bin->lock);
	vec_each(&bin->inflated, old)
		if ((*old)->index == index)
			it = *old;
	if (!it) {
		it = xzalloc(sizeof *it);
		it->index = index;
		it->gnu = gnu;
		*vec_push(&bin->inflated) = it;
	}
	pthread_mutex_unlock(&bin->lock);
	return it;
}

static struct inflated *planned(struct binary *bin, size_t i)
{
	struct inflated *it;

	pthread_mutex_lock(&bin->lock);
	it = bin->inflated.data[i];
	pthread_mutex_unlock(&bin->lock);
	return it;
}

static void inflate_once(struct binary *bin, struct inflated *it)
{
	if (it->done)
		return;
	it->done = true;
	it->data = decompress(bin, it->index, it->gnu, &it->size);
}

struct bytes section_inflate(struct binary *bin, u32 index, bool gnu)
{
	struct inflated *it = place_of(bin, index, gnu);

	inflate_once(bin, it);
	return bytes_of(it->data, it->data ? it->size : 0);
}

size_t binary_plan_inflating(struct binary *bin, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool gnu;
		u32 index = section_index(bin, names[i], &gnu);

		if (index && section_is_compressed(bin, index, gnu))
			place_of(bin, index, gnu);
	}
	return bin->inflated.len;
}

size_t binary_planned_size(struct binary *bin, size_t i)
{
	struct bytes packed = section_bytes(bin, &bin->sections.data[planned(bin, i)->index]);

	return bytes_left(&packed);
}

void binary_inflate_planned(struct binary *bin, size_t i)
{
	inflate_once(bin, planned(bin, i));
}
