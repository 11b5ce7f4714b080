/*
 * Which function symbols there are at which address, without looking at their names.
 *
 * Large programs have 300,000 symbols, of which a report names a few thousand: all are sorted, and
 * their names, megabytes of them, are read when an address is asked for.
 */
#ifndef APROF_BINARY_SYMBOL_INDEX_H
#define APROF_BINARY_SYMBOL_INDEX_H

#include <elf.h>

#include <aprof/bytes.h>
#include <aprof/vec.h>

#include "lib/binary/order.h"

struct binary;

/* .symtab or .dynsym. */
struct symbol_table {
	struct bytes symbols; /* each an Elf64_Sym */
	struct bytes names; /* up to the last one that has its NUL */
	u32 first; /* number of its first symbol: they are numbered through all tables */
};

/* A number where one symbol is at the address. */
#define SYMBOL_ALIASES (1u << 31) /* else with this: where in `aliases` the numbers of all begin */
#define SYMBOL_LAST (1u << 31) /* with the last number of these */

struct symbol_index {
	struct VEC(struct symbol_table) tables;
	struct VEC(struct order_key) entries; /* sorted, each address once; size of the best there */
	struct VEC(u32) aliases;
	u32 *enclosing; /* for each entry: index + 1 of the one around it, 0: none */
	struct VEC(u32) buckets; /* of addresses: the first entry that is not before */
	u32 shift; /* an address's bucket is its distance from the first, shifted by that */
};

/* Reads all that `bin` has. */
void symbol_index_build(struct symbol_index *index, const struct binary *bin);
void symbol_index_release(struct symbol_index *index);

/* So many entries are at or before vaddr. */
size_t symbol_index_until(const struct symbol_index *index, u64 vaddr);

/* Sets *symbol to what the file has; its name. */
const char *symbol_index_read(const struct symbol_index *index, u32 number, Elf64_Sym *symbol);

/*
 * Which of an address's symbols names it: functions before labels (STT_NOTYPE: assembly's way to name
 * a function, or a place within one), then known size before binding.
 */
#define SYMBOL_RANK_FUNCTION 8u
u32 symbol_rank(const Elf64_Sym *symbol);

#endif
