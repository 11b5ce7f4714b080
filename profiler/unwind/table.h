/*
 * The unwind rules of one module, by file offset: compiled from .eh_frame once, then only read.
 *
 * Rows are 8 bytes, sorted; a directory by blocks of text (256 bytes and up) leads to the few that
 * can hold an offset. All of it takes at most 10 bytes a row, 4 a function, and some hundred bytes.
 */
#ifndef APROF_UNWIND_TABLE_H
#define APROF_UNWIND_TABLE_H

#include <aprof/binary.h>
#include <aprof/err.h>
#include <aprof/types.h>

#include "profiler/unwind/cfi.h"
#include "profiler/unwind/rule.h"

struct table {
	u64 base; /* file offset of row 0 */
	u64 span; /* bytes of text from there that have rules */
	u32 shift; /* of the size of a block */
	u32 blocks;
	u32 *first; /* for each block, and one behind: the last row at or before its start */
	struct row *rows;
	u32 count;
	u32 *starts; /* of functions, sorted; from base */
	u32 start_count;

	struct binary *bin; /* owned; NULL: rules without text (JIT, tests) */
	struct cfi cfi; /* for what rows do not say */
	u32 fdes, fdes_bad; /* bad: could not be read, or describe no executable place */
	u64 bytes; /* of memory, without the mapped file */
};

/* A table of what .eh_frame says; one without rows where there is none. Takes `bin` over. */
struct table *table_new(struct binary *bin);
/* The same from the section and the segments alone. */
struct table *table_compile(const struct cfi *cfi, const struct segment *segments, size_t count);
void table_free(struct table *table);

/* The rule for a file offset. */
static inline u32 table_rule(const struct table *table, u64 offset)
{
	u64 pc = offset - table->base;
	u32 low, high, block;

	if (pc >= table->span)
		return RULE_GAP;
	block = (u32)(pc >> table->shift);
	low = table->first[block];
	high = table->first[block + 1];
	while (low < high) {
		u32 middle = low + (high - low + 1) / 2;

		if (table->rows[middle].pc <= pc)
			low = middle;
		else
			high = middle - 1;
	}
	return table->rows[low].rule;
}

/* Where the function that holds a file offset starts; UINT64_MAX: in none that has an FDE. */
u64 table_function(const struct table *table, u64 offset);

/* `size` bytes of text at a file offset; NULL if the file does not have them. */
const u8 *table_text(const struct table *table, u64 offset, size_t size);

/* The FDE that covers a file offset, searched in the file itself: slow. */
bool table_fde(const struct table *table, u64 offset, struct fde *fde);
/* By looking at every FDE: for files without .eh_frame_hdr. */
bool table_fde_scan(const struct table *table, u64 vaddr, struct fde *fde);

#endif
