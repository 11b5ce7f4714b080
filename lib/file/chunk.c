/* Chunks to bytes and back: headers, compression, and the search for the next chunk after damage. */
#include <aprof/chunk.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zstd.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "lib/file/crc.h"

/* Level 3 is 1-2 % smaller than level 1 and costs less than 0.1 us a sample more. */
#define ZSTD_LEVEL 3

struct packer {
	ZSTD_CCtx *zstd;
};

struct packer *packer_new(void)
{
	struct packer *p = xzalloc(sizeof *p);

	p->zstd = ZSTD_createCCtx();
	if (!p->zstd)
		abort();
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
	return p;
}

void packer_free(struct packer *p)
{
	if (!p)
		return;
	ZSTD_freeCCtx(p->zstd);
	free(p);
}

void table_put(struct buf *payload, u8 type, struct bytes table)
{
	buf_u8(payload, type);
	buf_varint(payload, bytes_left(&table));
	buf_put(payload, table.at, bytes_left(&table));
}

bool table_next(struct bytes *payload, u8 *type, struct bytes *table)
{
	if (!bytes_left(payload))
		return false;
	*type = bytes_u8(payload);
	*table = bytes_sub(payload, bytes_varint(payload));
	return !payload->bad;
}

void chunk_pack(struct packer *p, u32 epoch, u32 sequence, struct bytes payload, struct buf *out)
{
	size_t raw = bytes_left(&payload), start = out->len, packed;
	size_t room = ZSTD_compressBound(raw);
	struct buf header;
	u8 *at = buf_extend(out, CHUNK_HEADER_SIZE + room);

	packed = ZSTD_compress2(p->zstd, at + CHUNK_HEADER_SIZE, room, payload.at, raw);
	if (ZSTD_isError(packed)) /* only for want of memory: the room is sufficient */
		abort();
	header = (struct buf){ .data = at, .room = CHUNK_HEADER_SIZE };
	buf_u32(&header, CHUNK_MAGIC);
	buf_u16(&header, FILE_VERSION);
	buf_u16(&header, 0);
	buf_u32(&header, epoch);
	buf_u32(&header, sequence);
	buf_u32(&header, (u32)raw);
	buf_u32(&header, (u32)packed);
	buf_u32(&header, crc32_of(at, CHUNK_HEADER_SIZE - 4));
	out->len = start + CHUNK_HEADER_SIZE + packed;
}

void chunk_reader_init(struct chunk_reader *r, int fd)
{
	*r = (struct chunk_reader){ .fd = fd };
	r->zstd = ZSTD_createDCtx();
	if (!r->zstd)
		abort();
}

void chunk_reader_release(struct chunk_reader *r)
{
	ZSTD_freeDCtx(r->zstd);
	buf_release(&r->packed);
	buf_release(&r->raw);
	r->zstd = NULL;
}

void chunk_reader_rewind(struct chunk_reader *r)
{
	struct chunk_reader fresh = {
		.fd = r->fd, .packed = r->packed, .raw = r->raw, .zstd = r->zstd
	};

	*r = fresh;
}

/* How many of `size` bytes at `offset` are there. */
static size_t read_at(struct chunk_reader *r, void *out, size_t size, u64 offset)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(r->fd, (u8 *)out + got, size - got, (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r->read_errno = errno;
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	return got;
}

struct header {
	u16 version;
	u32 epoch, sequence, raw, packed;
};

static bool parse_header(const u8 *at, struct header *out)
{
	struct bytes b = bytes_of(at, CHUNK_HEADER_SIZE);

	if (bytes_u32(&b) != CHUNK_MAGIC)
		return false;
	out->version = bytes_u16(&b);
	bytes_u16(&b);
	out->epoch = bytes_u32(&b);
	out->sequence = bytes_u32(&b);
	out->raw = bytes_u32(&b);
	out->packed = bytes_u32(&b);
	return bytes_u32(&b) == crc32_of(at, CHUNK_HEADER_SIZE - 4) &&
	       out->raw <= CHUNK_RAW_MAX && out->packed <= ZSTD_compressBound(CHUNK_RAW_MAX);
}

static u8 *buf_exactly(struct buf *buf, size_t n)
{
	buf->len = 0;
	return buf_extend(buf, n);
}

enum payload { PAYLOAD_GOOD, PAYLOAD_DAMAGED, PAYLOAD_CUT };

static enum payload read_payload(struct chunk_reader *r, const struct header *h, u64 at)
{
	u8 *packed, *raw;

	packed = buf_exactly(&r->packed, h->packed);
	if (read_at(r, packed, h->packed, at + CHUNK_HEADER_SIZE) < h->packed)
		return PAYLOAD_CUT;
	/* The size is also in the frame: no unpacking of what would not fit. */
	if (ZSTD_getFrameContentSize(packed, h->packed) != h->raw)
		return PAYLOAD_DAMAGED;
	raw = buf_exactly(&r->raw, h->raw);
	if (ZSTD_decompressDCtx(r->zstd, raw, h->raw, packed, h->packed) != h->raw)
		return PAYLOAD_DAMAGED;
	return PAYLOAD_GOOD;
}

#define SEARCH_WINDOW ((size_t)64 << 10)

/* The next place from `from` on that holds a valid header; false if there is none. */
static bool find_header(struct chunk_reader *r, u64 from, u64 *found)
{
	static const u8 magic[4] = { 0x8f, 'A', 'P', 'F' };
	AUTO_FREE u8 *window = xmalloc(SEARCH_WINDOW);
	struct header header;

	for (;;) {
		size_t got = read_at(r, window, SEARCH_WINDOW, from);
		const u8 *at = window, *end = window + got;

		if (got < CHUNK_HEADER_SIZE)
			return false;
		while ((at = memmem(at, (size_t)(end - at), magic, sizeof magic)) != NULL) {
			if (end - at < CHUNK_HEADER_SIZE)
				break;
			if (parse_header(at, &header)) {
				*found = from + (u64)(at - window);
				return true;
			}
			at++;
		}
		/* A header may lie across the end of the window. */
		from += got - (CHUNK_HEADER_SIZE - 1);
		if (got < SEARCH_WINDOW)
			return false;
	}
}

/* The distance to the end of the file. */
static u64 bytes_to_end(struct chunk_reader *r, u64 from)
{
	off_t end = lseek(r->fd, 0, SEEK_END);

	return end > 0 && (u64)end > from ? (u64)end - from : 0;
}

/* Goes on behind damage at r->at; false if nothing whole follows. */
static bool resync(struct chunk_reader *r, u64 from, bool cut)
{
	u64 next;

	if (find_header(r, from, &next)) {
		r->damaged_bytes += next - r->at;
		r->at = next;
		return true;
	}
	if (cut) {
		r->tail_bytes = bytes_to_end(r, r->at);
	} else {
		r->damaged_bytes += bytes_to_end(r, r->at);
		r->damaged_chunks++;
	}
	return false;
}

/* A gap in the sequence is lost chunks; a number that goes back is another writer's file. */
static void count_gap(struct chunk_reader *r, u32 sequence)
{
	if (sequence > r->expect)
		r->damaged_chunks += sequence - r->expect;
	r->expect = sequence + 1;
}

bool chunk_next(struct chunk_reader *r, struct chunk *out)
{
	u8 head[CHUNK_HEADER_SIZE];
	struct header h;
	enum payload payload;

	for (;;) {
		size_t got = read_at(r, head, sizeof head, r->at);

		if (!got)
			return false;
		if (got < sizeof head || !parse_header(head, &h)) {
			if (!resync(r, r->at + 1, got < sizeof head))
				return false;
			continue;
		}
		r->any = true;
		payload = read_payload(r, &h, r->at);
		if (payload == PAYLOAD_GOOD)
			break;
		if (!resync(r, r->at + CHUNK_HEADER_SIZE, payload == PAYLOAD_CUT))
			return false;
	}
	count_gap(r, h.sequence);
	*out = (struct chunk){
		.version = h.version,
		.epoch = h.epoch,
		.sequence = h.sequence,
		.data = bytes_of(r->raw.data, h.raw),
		.at = r->at,
		.size = CHUNK_HEADER_SIZE + h.packed,
	};
	r->at += out->size;
	return true;
}
