/* The stack column of rows, by a dictionary of the chunk. */
#include "lib/file/row_stacks.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "lib/file/column.h"
#include "lib/file/ids.h"

/* A stack is told as its id plus one, so that none (NO_ID) is 0 and below all others. */
static u32 code_of(u32 stack)
{
	return stack + 1;
}

struct entry {
	u32 code;
	u32 class; /* how often it comes, coarsely */
};

/* Twice the binary logarithm: within a class the order is by id, which makes small differences. */
static u32 class_of(u32 times)
{
	u32 top = 31 - (u32)__builtin_clz(times);

	return 2 * top + (top && (times >> (top - 1) & 1));
}

static int by_class(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->class != y->class)
		return x->class > y->class ? -1 : 1;
	return x->code < y->code ? -1 : x->code > y->code;
}

struct entries VEC(struct entry);

static u32 codes_in(const struct row_item *rows, u32 count)
{
	u32 codes = 0;

	for (u32 i = 0; i < count; i++)
		if (code_of(rows[i].stack) >= codes)
			codes = code_of(rows[i].stack) + 1;
	return codes;
}

/* The dictionary; at[code] becomes the index of each code in it. */
static struct entries rank(const struct row_item *rows, u32 count, u32 *at)
{
	struct entries entries = { 0 };

	for (u32 i = 0; i < count; i++)
		if (!at[code_of(rows[i].stack)]++)
			*vec_push(&entries) = (struct entry){ .code = code_of(rows[i].stack) };
	vec_each(&entries, e)
		e->class = class_of(at[e->code]);
	vec_sort(&entries, by_class);
	for (u32 i = 0; i < entries.len; i++)
		at[entries.data[i].code] = i;
	return entries;
}

void row_stacks_put(struct buf *out, const struct row_item *rows, u32 count, u64 *column)
{
	AUTO_FREE u32 *at = xcalloc((size_t)codes_in(rows, count) + 1, sizeof *at);
	struct entries entries = rank(rows, count, at);
	u32 last = 0;

	for (u32 i = 0; i < entries.len; i++) {
		column[i] = zigzag((i64)entries.data[i].code - last);
		last = entries.data[i].code;
	}
	buf_varint(out, entries.len);
	column_put(out, column, (u32)entries.len);
	vec_release(&entries);
	for (u32 i = 0; i < count; i++)
		column[i] = at[code_of(rows[i].stack)];
	column_put(out, column, count);
}

void row_stacks_get(struct bytes *in, struct row_item *rows, u32 count, u64 *column)
{
	u32 entries = get_count(in);
	AUTO_FREE u32 *codes = xcalloc((size_t)count + 1, sizeof *codes);
	u64 last = 0;

	if (entries > count) {
		in->bad = true;
		return;
	}
	column_get(in, column, entries);
	for (u32 i = 0; i < entries; i++) {
		last += (u64)unzigzag(column[i]);
		if (last > FILE_MAX_IDS)
			in->bad = true;
		codes[i] = (u32)last;
	}
	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		if (column[i] >= entries)
			in->bad = true;
		rows[i].stack = in->bad ? NO_ID : codes[column[i]] - 1;
	}
}
