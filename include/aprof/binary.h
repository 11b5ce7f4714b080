/*
 * An ELF file, or an ELF image in memory (the vdso): identity, segments, sections, symbols.
 *
 * Little-endian x86-64 ELF64 only; everything else is an error that says so. The file is mapped
 * read-only; every offset read from it is checked. Three numberings of places:
 *	offset  position in the file: what frames hold
 *	vaddr   link-time address: what symbols and DWARF hold
 */
#ifndef APROF_BINARY_H
#define APROF_BINARY_H

#include <aprof/bytes.h>
#include <aprof/err.h>
#include <aprof/frame.h>
#include <aprof/types.h>

struct segment { /* one PT_LOAD */
	u64 offset; /* in the file */
	u64 vaddr;
	u64 file_size;
	bool executable;
};

struct symbol { /* a function of .symtab or .dynsym */
	u64 vaddr;
	u64 size; /* 0: unknown, reaches to the next symbol */
	const char *name; /* as in the file, mangled; lives as long as the binary */
	bool shared; /* another Rust function is here too: LLVM or the linker kept one code of several */
};

struct binary;

/* For reading most of the file: by huge pages, see binary_read_by(). */
ERR_MUST_CHECK struct err *binary_open(struct binary **out, const char *path);
/*
 * For reading some of it. Takes its own reference to the descriptor's file; `name` is for messages.
 */
ERR_MUST_CHECK struct err *binary_open_fd(struct binary **out, int fd, const char *name);
/* Copies the bytes. */
ERR_MUST_CHECK struct err *binary_open_image(struct binary **out, const void *image, size_t size,
					     const char *name);
void binary_close(struct binary *bin);

static inline void binary_closep(struct binary **bin)
{
	binary_close(*bin);
}

const char *binary_name(const struct binary *bin);
const struct build_id *binary_build_id(const struct binary *bin); /* size 0 if it has none */
size_t binary_segments(const struct binary *bin, const struct segment **out);
/* The whole file. */
struct bytes binary_bytes(const struct binary *bin);
/* ET_EXEC: linked at fixed addresses. */
bool binary_is_fixed(const struct binary *bin);

/* UINT64_MAX when no segment holds it. */
u64 binary_offset_to_vaddr(const struct binary *bin, u64 offset);
u64 binary_vaddr_to_offset(const struct binary *bin, u64 vaddr);

struct section {
	struct bytes data; /* decompressed where it was compressed; empty for SHT_NOBITS */
	u64 vaddr;
	u64 offset;
	u32 type;
	u64 flags;
};

/* False if there is none of that name. Data lives as long as the binary. */
bool binary_section(struct binary *bin, const char *name, struct section *out);
/* Whatever is in it. */
bool binary_has_section(const struct binary *bin, const char *name);

/* What the kernel reads from the disk when a page is used. */
enum binary_reading {
	BINARY_PAGES, /* that page: for what looks here and there */
	BINARY_AROUND, /* what is around it */
	BINARY_HUGE_PAGES, /* megabytes: for a file of which most will be read */
};

void binary_read_by(const struct binary *bin, enum binary_reading by);

/*
 * Reads these sections into memory, one behind the other: a thread of its own does that while others
 * use what is there, until *stop (atomic) is set. What is too large to be wanted whole is left out.
 */
void binary_read_ahead(const struct binary *bin, const char *const *names, size_t count,
		       const bool *stop);

/*
 * Decompressing ahead of binary_section(), which finds it done then. Returns how many compressed
 * sections there are; each may be inflated by another thread, while nobody asks for that one.
 */
size_t binary_plan_inflating(struct binary *bin, const char *const *names, size_t count);
size_t binary_planned_size(struct binary *bin, size_t i); /* compressed */
void binary_inflate_planned(struct binary *bin, size_t i);

/*
 * A compressed section from its start on, piece by piece, for who needs little of it. NULL if there
 * is none, or it can only be had as a whole: if it is not zlib's, or this was built without ISA-L.
 */
struct section_reader;
bool section_reader_can(struct binary *bin, const char *name);
struct section_reader *section_reader_new(struct binary *bin, const char *name);
u64 section_reader_size(const struct section_reader *reader); /* of all pieces */
/*
 * The next piece, until the one behind it is asked for; empty at the end, and where it is damaged, which
 * is not told from other bytes as the checksum would.
 */
struct bytes section_reader_next(struct section_reader *reader);
void section_reader_free(struct section_reader *reader);

/*
 * .eh_frame and where it is loaded, from the section header, or from PT_GNU_EH_FRAME where section
 * headers are stripped. False if the file has neither.
 */
bool binary_eh_frame(struct binary *bin, struct section *out);

/* Function symbols by vaddr, one for each address. */
size_t binary_symbols(struct binary *bin, const struct symbol **out);
/* Sorts them, ahead of whoever asks for one. */
void binary_sort_symbols(struct binary *bin);
/* Bytes of what is sorted. */
u64 binary_symbols_size(const struct binary *bin);
/* The function symbol that covers vaddr, or NULL. */
const struct symbol *binary_symbol_at(struct binary *bin, u64 vaddr);

/* The code of a function, or a part of one: what one FDE of .eh_frame covers. */
struct code_span {
	u64 start, end; /* vaddrs */
};

/* Sorted by start; read on first use. */
size_t binary_code_spans(struct binary *bin, const struct code_span **out);
/* The span that covers vaddr; false if none does. */
bool binary_code_span_at(struct binary *bin, u64 vaddr, struct code_span *out);

/* .gnu_debuglink: false if it has none. */
bool binary_debuglink(struct binary *bin, const char **name, u32 *crc);
/* Has .debug_info (also compressed). */
bool binary_has_dwarf(const struct binary *bin);

/*
 * Separate debug information. Looks by build id and .gnu_debuglink under /usr/lib/debug and beside
 * the file, under `symfs` first if that is not NULL, then asks debuginfod if DEBUGINFOD_URLS is set
 * and libdebuginfod can be loaded. *out is NULL if there is none: that is no error.
 */
ERR_MUST_CHECK struct err *binary_find_debug(struct binary *bin, const char *symfs,
					     struct binary **out);

#endif
