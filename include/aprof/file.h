/*
 * The profile file's chunks and tables, as both halves know them. docs/format.md is the
 * specification; this is its C form.
 *
 * A file is chunks: a header {magic, type, raw size, packed size, CRC of this header} and a payload
 * of one zstd frame with checksum. Definitions come before their use; ids are dense within an epoch,
 * which a RESET chunk ends. A reader resynchronises on the magic after damage.
 */
#ifndef APROF_FILE_H
#define APROF_FILE_H

#include <aprof/bytes.h>
#include <aprof/err.h>
#include <aprof/frame.h>
#include <aprof/intern.h>
#include <aprof/types.h>

#define FILE_VERSION 1

enum chunk_type {
	CHUNK_HEAD = 1, /* first chunk: format version */
	CHUNK_META, /* key and value strings */
	CHUNK_STRINGS,
	CHUNK_MODULES,
	CHUNK_THREADS,
	CHUNK_FRAMES,
	CHUNK_STACKS, /* (parent, frame) nodes of the stack trie */
	CHUNK_KERNEL_SYMBOLS,
	CHUNK_NAMES, /* source frames, embedded by `aprof pack` */
	CHUNK_IMAGES, /* file-less modules: the vdso's bytes, a JIT's symbols */
	CHUNK_ROWS,
	CHUNK_LOST,
	CHUNK_QUALITY,
	CHUNK_RESET, /* a new epoch: ids start again */
	CHUNK_END, /* last chunk of a recording that ended orderly */
};

struct file_module {
	enum module_kind kind;
	const char *path;
	struct build_id build_id;
	const char *problem; /* why it could not be used for unwinding; NULL if it was */
};

struct file_thread {
	u32 pid, tid;
	const char *comm;
	const char *process_comm; /* the main thread's name */
};

/* What went wrong, as counts; every report can show it. */
struct file_quality {
	u64 samples; /* rows written */
	u64 lost; /* records lost in the kernel's rings */
	u64 lost_samples; /* samples lost in PEBS buffers */
	u64 throttled; /* times the kernel throttled an event */
	u64 dropped_late; /* samples that waited for a table in vain */
	u64 by_stop[STOP_COUNT]; /* stacks by how they ended */
	u64 kernel_only; /* samples without a user part */
};

/* What differs from here on is owned by lib/file: see the headers beside this one. */

#endif
