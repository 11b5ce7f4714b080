/*
 * The container of a profile file: chunks, one after the other, each complete in itself.
 *
 * A chunk is a header of CHUNK_HEADER_SIZE bytes and a payload of one zstd frame with checksum:
 *
 *	u32 magic	the bytes 8f 'A' 'P' 'F'
 *	u16 version	of the format
 *	u16 zero
 *	u32 epoch	ids in the payload belong to this epoch
 *	u32 sequence	0, 1, 2 …: a gap is lost chunks
 *	u32 raw		size of the payload unpacked, at most CHUNK_RAW_MAX
 *	u32 packed	size of the payload as it follows
 *	u32 crc		CRC-32 of the bytes before it
 *
 * The payload is tables, one after the other: u8 type, varint size, that many bytes. A reader skips
 * tables of types that it does not know. After damage it goes on at the next place where magic and
 * CRC fit.
 */
#ifndef APROF_CHUNK_H
#define APROF_CHUNK_H

#include <aprof/bytes.h>
#include <aprof/err.h>
#include <aprof/types.h>

#define FILE_VERSION 1

#define CHUNK_MAGIC 0x4650418fu
#define CHUNK_HEADER_SIZE 28
/* What a reader must be able to hold; writers split what is larger. */
#define CHUNK_RAW_MAX ((size_t)16 << 20)

struct chunk {
	u16 version;
	u32 epoch;
	u32 sequence;
	struct bytes data; /* unpacked */
	u64 at; /* file offset of the header */
	u32 size; /* header and packed payload, bytes */
};

enum table_type {
	TABLE_META = 1, /* key and value strings */
	TABLE_STRINGS,
	TABLE_MODULES,
	TABLE_THREADS,
	TABLE_FRAMES,
	TABLE_STACKS, /* (parent, frame) nodes of the stack trie */
	TABLE_SYMBOLS, /* names of the kernel's and of JIT code */
	TABLE_NAMES, /* source frames, embedded by `aprof pack` */
	TABLE_IMAGE, /* bytes of a module without a file: the vdso */
	TABLE_ROWS,
	TABLE_LOST,
	TABLE_QUALITY,
	TABLE_END, /* the recording ended orderly */
	TABLE_BRANCHES, /* of the rows in the next ROWS of the same chunk */
};

/* Appends a table to a payload. */
void table_put(struct buf *payload, u8 type, struct bytes table);
/* Takes the next table off a payload; false at the end, and where it is not whole (payload->bad). */
bool table_next(struct bytes *payload, u8 *type, struct bytes *table);

/* Compression state of one writer. */
struct packer;

struct packer *packer_new(void);
void packer_free(struct packer *packer);
/* Appends a whole chunk to `out`. The payload is at most CHUNK_RAW_MAX. */
void chunk_pack(struct packer *packer, u32 epoch, u32 sequence, struct bytes payload,
		struct buf *out);

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
