/*
 * Any bytes as .eh_frame: the table stays within bounds, in order, and in proportion to its input.
 *
 * An input starts with three numbers of 8 bytes: the section's address, and the address and size of
 * the text; what follows is the section.
 */
#include <stdlib.h>

#include "profiler/unwind/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_table(const struct table *t, const struct segment *text, size_t size)
{
	/* A row needs an instruction, an FDE brings at most two. */
	check(t->count <= size + 2);
	check(t->bytes <= 10 * (u64)t->count + 4 * (u64)t->start_count + 256);
	check(t->start_count <= size);
	for (u32 i = 0; i < t->start_count; i++) {
		check(!i || t->starts[i] >= t->starts[i - 1]);
		if (t->starts[i] < t->span)
			check(table_function(t, t->base + t->starts[i]) == t->base + t->starts[i]);
	}
	check(table_function(t, t->base + t->span) == UINT64_MAX);
	check(!t->count || t->base >= text->offset);
	check(!t->count || t->base + t->span <= text->offset + text->file_size);
	for (u32 i = 0; i < t->count; i++) {
		check(rule_kind(t->rows[i].rule) <= RULE_OTHER);
		check(t->rows[i].pc < t->span);
		check(!i || t->rows[i].pc > t->rows[i - 1].pc);
		check(table_rule(t, t->base + t->rows[i].pc) == t->rows[i].rule);
	}
	check(table_rule(t, t->base + t->span) == RULE_GAP);
	check(table_rule(t, t->base - 1) == RULE_GAP);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = bytes_of(data, size);
	const u64 vaddr = bytes_u64(&b);
	const struct segment text = {
		.offset = 0x1000,
		.vaddr = bytes_u64(&b),
		.file_size = bytes_u64(&b) % (1ull << 34),
		.executable = true,
	};
	struct cfi section = { .data = bytes_of(b.at, bytes_left(&b)), .vaddr = vaddr };
	struct table *table = table_compile(&section, &text, 1);

	check_table(table, &text, size);
	table_free(table);
	return 0;
}
