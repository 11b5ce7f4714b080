/*
 * The container of a profile file: chunks, one after the other, each complete in itself.
 *
 * A chunk is a header of CHUNK_HEADER_SIZE bytes and a payload of one zstd frame with checksum:
 *
 *	u32 magic	the bytes 8f 'A' 'P' 'F'
 *	u16 type	enum chunk_type; a reader skips types that it does not know
 *	u16 zero
 *	u32 epoch	ids in the payload belong to this epoch
 *	u32 sequence	0, 1, 2 …: a gap is lost chunks
 *	u32 raw		size of the payload unpacked, at most CHUNK_RAW_MAX
 *	u32 packed	size of the payload as it follows
 *	u32 crc		CRC-32 of the bytes before it
 *
 * After damage a reader goes on at the next place where magic and CRC fit.
 */
#ifndef APROF_CHUNK_H
#define APROF_CHUNK_H

#include <aprof/bytes.h>
#include <aprof/err.h>
#include <aprof/types.h>

#define CHUNK_MAGIC 0x4650418fu
#define CHUNK_HEADER_SIZE 28
/* What a reader must be able to hold; writers split what is larger. */
#define CHUNK_RAW_MAX ((size_t)16 << 20)

enum chunk_type {
	CHUNK_HEAD = 1, /* first chunk: format version */
	CHUNK_META, /* key and value strings */
	CHUNK_STRINGS,
	CHUNK_MODULES,
	CHUNK_THREADS,
	CHUNK_FRAMES,
	CHUNK_STACKS, /* (parent, frame) nodes of the stack trie */
	CHUNK_SYMBOLS, /* names of the kernel's and of JIT code */
	CHUNK_NAMES, /* source frames, embedded by `aprof pack` */
	CHUNK_IMAGES, /* bytes of modules without a file: the vdso */
	CHUNK_ROWS,
	CHUNK_LOST,
	CHUNK_QUALITY,
	CHUNK_END, /* last chunk of a recording that ended orderly */
};

struct chunk {
	u16 type;
	u32 epoch;
	u32 sequence;
	struct bytes data; /* unpacked */
	u64 at; /* file offset of the header */
	u32 size; /* header and packed payload, bytes */
};

/* Compression state of one writer. */
struct packer;

struct packer *packer_new(void);
void packer_free(struct packer *packer);
/* Appends a whole chunk to `out`. chunk->data is at most CHUNK_RAW_MAX; `at`, `size` are not read. */
void chunk_pack(struct packer *packer, const struct chunk *chunk, struct buf *out);

/*
 * Reading from a descriptor that can be read at an offset. A chunk whose payload is damaged is
 * skipped like any other damage; what was skipped is counted.
 */
struct chunk_reader {
	int fd;
	u64 at; /* of the next chunk */
	u32 expect; /* its sequence number */
	bool any; /* a valid header was met */
	u64 damaged_bytes;
	u64 damaged_chunks; /* by the gaps in the sequence */
	u64 tail_bytes; /* of an incomplete last chunk: the writer was killed in it */
	int read_errno; /* a read failed: treated as the end */
	struct buf packed, raw;
	struct ZSTD_DCtx_s *zstd;
};

void chunk_reader_init(struct chunk_reader *reader, int fd);
void chunk_reader_release(struct chunk_reader *reader);
/* Starts again from the first byte, with all counts at 0. */
void chunk_reader_rewind(struct chunk_reader *reader);
/* False at the end. The data is valid until the next call. */
bool chunk_next(struct chunk_reader *reader, struct chunk *out);

#endif
