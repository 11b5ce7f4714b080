/* What the files of lib/binary share. */
#ifndef APROF_BINARY_BINARY_PRIVATE_H
#define APROF_BINARY_BINARY_PRIVATE_H

#include <elf.h>
#include <pthread.h>

#include <aprof/arena.h>
#include <aprof/binary.h>
#include <aprof/vec.h>

#include "lib/binary/fde.h"
#include "lib/binary/symbol_index.h"

struct inflated { /* a section that was compressed */
	u32 index;
	bool gnu; /* by the old convention */
	bool done; /* else it waits for who needs it */
	u8 *data; /* NULL: it could not be decompressed */
	size_t size;
};

/* .eh_frame_hdr: rows that are sorted by where code starts. */
struct span_table {
	bool read;
	const u8 *rows; /* NULL: there is no such table */
	size_t count;
	u64 vaddr; /* what its values are relative to */
	struct fde_reader reader;
};

struct binary {
	char *name;
	const u8 *data;
	size_t size;
	bool mapped; /* else malloc'ed */
	bool fixed;

	struct VEC(Elf64_Phdr) headers; /* all program headers that lie in the file */
	struct VEC(struct segment) segments;
	struct VEC(Elf64_Shdr) sections; /* all section headers; index 0 is the null section */
	u32 names; /* index of the section of section names; 0: none */
	struct build_id build_id;
	bool has_dwarf;

	pthread_mutex_t lock; /* of the list */
	struct VEC(struct inflated *) inflated; /* each by one thread */

	pthread_mutex_t symbols_lock; /* of sorting and making them */
	bool symbols_sorted; /* atomic */
	struct symbol_index symbol_index;
	struct symbol **symbols; /* of each entry; NULL (atomic): nobody asked for it yet */
	struct arena symbol_arena;
	struct VEC(struct symbol) all_symbols; /* for who wants them in a row */

	bool spans_done;
	struct VEC(struct code_span) spans;
	struct span_table span_table;
};

/* The file's bytes from offset on, cut at its end; empty if it starts behind it. */
struct bytes binary_slice(const struct binary *bin, u64 offset, u64 size);

/* "" for names that are not in the file. */
const char *section_name(const struct binary *bin, const Elf64_Shdr *section);
/* The bytes as they are in the file; empty for SHT_NOBITS. */
struct bytes section_bytes(const struct binary *bin, const Elf64_Shdr *section);

/* 0 if there is none of that name. *gnu: it is a ".zdebug_" section, which is a compressed one. */
u32 section_index(const struct binary *bin, const char *name, bool *gnu);
bool section_is_compressed(const struct binary *bin, u32 index, bool gnu);

bool section_finds_dwarf(const struct binary *bin);

void build_id_read(struct binary *bin);

/* A compressed section. */
struct packed {
	u32 type; /* ELFCOMPRESS_* */
	u64 size; /* when it is decompressed */
	struct bytes bytes;
};

/* False if it is damaged, or would become too large to be true. */
bool section_packed(const struct binary *bin, u32 index, bool gnu, struct packed *out);

/* The bytes of a compressed section; empty if they cannot be had. */
struct bytes section_inflate(struct binary *bin, u32 index, bool gnu);

#endif
