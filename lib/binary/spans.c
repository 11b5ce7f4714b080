/*
 * Where functions start and end, as .eh_frame has it: also for files without symbols.
 *
 * A place is looked up in the table of .eh_frame_hdr, which linkers make; where there is none, and
 * for the list of all spans, all of .eh_frame is read.
 */
#include <stdlib.h>

#include <aprof/alloc.h>

#include "lib/binary/binary_private.h"
#include "lib/binary/order.h"

static int by_end(const void *a, const void *b)
{
	const struct code_span *x = a, *y = b;

	return x->end < y->end ? -1 : x->end > y->end;
}

/* By start; of those that start together the longest comes last. */
static void sort_spans(struct binary *bin)
{
	size_t count = bin->spans.len;
	struct order_key *keys = xcalloc(count + 1, sizeof *keys);
	struct code_span *sorted = xcalloc(count + 1, sizeof *sorted);

	for (u32 i = 0; i < count; i++)
		keys[i] = (struct order_key){ bin->spans.data[i].start, i };
	order_by_address(keys, count);
	for (size_t i = 0, first = 0; i < count; i++) {
		sorted[i] = bin->spans.data[keys[i].index];
		if (i + 1 < count && keys[i + 1].address == keys[first].address)
			continue;
		if (i > first)
			qsort(&sorted[first], i + 1 - first, sizeof *sorted, by_end);
		first = i + 1;
	}
	free(keys);
	free(bin->spans.data);
	bin->spans.data = sorted;
	bin->spans.room = count + 1;
}

static void read_spans(struct binary *bin)
{
	struct code_span span;
	struct fde_reader r;
	struct bytes b;

	if (!fde_reader_init(&r, bin))
		return;
	for (b = r.eh_frame.data; bytes_left(&b);) {
		/* An empty one is the end of what one object file contributed. */
		struct bytes entry = fde_next(&b);

		if (b.bad)
			break;
		if (fde_span(&r, entry, &span))
			*vec_push(&bin->spans) = span;
	}
	sort_spans(bin);
}

size_t binary_code_spans(struct binary *bin, const struct code_span **out)
{
	if (!bin->spans_done) {
		bin->spans_done = true;
		read_spans(bin);
	}
	*out = bin->spans.data;
	return bin->spans.len;
}

static bool find_in_list(struct binary *bin, u64 vaddr, struct code_span *out)
{
	const struct code_span *spans;
	size_t low = 0, high = binary_code_spans(bin, &spans);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spans[middle].start <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || vaddr >= spans[low - 1].end)
		return false;
	*out = spans[low - 1];
	return true;
}

/* ---- the table ---- */

#define MOST_TOGETHER 16
#define ROW 8 /* bytes: start of the code, place of its FDE */

/* What all linkers write: sdata4 of pc, udata4, sdata4 of the table's start (LSB, "Exception Frames"). */
static const u8 header_start[] = { 1, 0x1b, 0x03, 0x3b };

static struct span_table *table_of(struct binary *bin)
{
	struct span_table *table = &bin->span_table;

	if (table->read)
		return table;
	table->read = true;
	vec_each(&bin->headers, p) {
		struct bytes b = binary_slice(bin, p->p_offset, p->p_filesz);
		const u8 *start = p->p_type == PT_GNU_EH_FRAME ?
					  bytes_take(&b, sizeof header_start) : NULL;
		u32 count;

		if (!start || memcmp(start, header_start, sizeof header_start) != 0)
			continue;
		bytes_skip(&b, 4); /* where .eh_frame is */
		count = bytes_u32(&b);
		if (b.bad || !count || count > bytes_left(&b) / ROW || !fde_reader_init(&table->reader, bin))
			continue;
		table->rows = b.at;
		table->count = count;
		table->vaddr = p->p_vaddr;
	}
	return table;
}

static u64 row_value(const struct span_table *table, size_t row, size_t which)
{
	struct bytes b = bytes_of(table->rows + row * ROW + which * 4, 4);

	return table->vaddr + (u64)(i64)(i32)bytes_u32(&b);
}

/* What the row's FDE covers; false if it does not start where the row says. */
static bool row_span(struct span_table *table, size_t row, struct code_span *out)
{
	struct bytes b = table->reader.eh_frame.data;

	if (!bytes_skip(&b, row_value(table, row, 1) - table->reader.eh_frame.vaddr))
		return false;
	return fde_span(&table->reader, fde_next(&b), out) && out->start == row_value(table, row, 0);
}

/* Of those that start together, the longest; more than a few of these are from no linker. */
static bool find_in_table(struct span_table *table, u64 vaddr, struct code_span *out)
{
	size_t low = 0, high = table->count, row;
	struct code_span span;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (row_value(table, middle, 0) <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	*out = (struct code_span){ 0 };
	for (row = low; row > 0 && low - row < MOST_TOGETHER &&
			row_value(table, row - 1, 0) == row_value(table, low - 1, 0); row--)
		if (row_span(table, row - 1, &span) && span.end > out->end)
			*out = span;
	return vaddr < out->end;
}

bool binary_code_span_at(struct binary *bin, u64 vaddr, struct code_span *out)
{
	struct span_table *table = table_of(bin);

	return table->rows ? find_in_table(table, vaddr, out) : find_in_list(bin, vaddr, out);
}
