/* Branches of samples: pairs of frames by a dictionary of the table, each told by what it followed. */
#include <aprof/file.h>

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "lib/file/column.h"
#include "lib/file/ids.h"
#include "lib/file/scratch.h"

struct pair {
	u32 from, to;
};

/* The distinct pairs, in order of first sight. */
struct dictionary {
	struct VEC(struct pair) pairs;
	u32 *slots; /* index + 1, 0: free; at most half full */
	u32 mask;
};

static u32 pair_index(struct dictionary *d, const struct branch_item *item)
{
	u32 at = (u32)hash_u64((u64)item->from << 32 | item->to) & d->mask;

	for (; d->slots[at]; at = (at + 1) & d->mask) {
		const struct pair *p = &d->pairs.data[d->slots[at] - 1];

		if (p->from == item->from && p->to == item->to)
			return d->slots[at] - 1;
	}
	*vec_push(&d->pairs) = (struct pair){ item->from, item->to };
	d->slots[at] = (u32)d->pairs.len;
	return (u32)d->pairs.len - 1;
}

static void dictionary_init(struct dictionary *d, size_t items)
{
	*d = (struct dictionary){ .mask = 63 };
	while (d->mask < 2 * items)
		d->mask = d->mask * 2 + 1;
	d->slots = xcalloc((size_t)d->mask + 1, sizeof *d->slots);
}

static void put_rows(struct buf *out, const struct branch_rows *rows, u64 *column)
{
	u32 last = 0;

	buf_varint(out, rows->len);
	for (u32 i = 0; i < rows->len; i++) {
		column[i] = rows->data[i].row - last;
		last = rows->data[i].row;
	}
	column_put(out, column, (u32)rows->len);
	for (u32 i = 0; i < rows->len; i++)
		column[i] = rows->data[i].count;
	column_put(out, column, (u32)rows->len);
}

static void put_pairs(struct buf *out, const struct dictionary *d, u64 *column)
{
	u32 count = (u32)d->pairs.len, last = 0;

	buf_varint(out, count);
	for (u32 i = 0; i < count; i++) {
		column[i] = zigzag((i64)d->pairs.data[i].from - last);
		last = d->pairs.data[i].from;
	}
	column_put(out, column, count);
	for (u32 i = 0; i < count; i++)
		column[i] = zigzag((i64)d->pairs.data[i].to - d->pairs.data[i].from);
	column_put(out, column, count);
}

/* Code goes the same ways again: the pair that came last time behind the one before is told as 0. */
static void put_indices(struct buf *out, const struct branch_rows *rows, const u32 *index,
			u32 pairs, u64 *column)
{
	AUTO_FREE u32 *next = xcalloc((size_t)pairs + 1, sizeof *next);
	u32 at = 0;

	for (u32 i = 0; i < rows->len; i++) {
		u32 before = pairs; /* none */

		for (u32 n = rows->data[i].count; n; n--, at++) {
			column[at] = next[before] == index[at] + 1 ? 0 : index[at] + 1;
			next[before] = index[at] + 1;
			before = index[at];
		}
	}
	column_put(out, column, at);
}

void branches_encode(struct buf *out, const struct branch_rows *rows,
		     const struct branch_items *items)
{
	u32 count = (u32)items->len;
	size_t longest = items->len > rows->len ? items->len : rows->len;
	AUTO_COLUMN(column, longest);
	AUTO_FREE u32 *index = xcalloc((size_t)count + 1, sizeof *index);
	struct dictionary d;

	dictionary_init(&d, count);
	for (u32 i = 0; i < count; i++)
		index[i] = pair_index(&d, &items->data[i]);
	put_rows(out, rows, column);
	put_pairs(out, &d, column);
	buf_varint(out, count);
	put_indices(out, rows, index, (u32)d.pairs.len, column);
	for (u32 i = 0; i < count; i++)
		column[i] = items->data[i].flags;
	column_put(out, column, count);
	for (u32 i = 0; i < count; i++)
		column[i] = items->data[i].cycles;
	column_put(out, column, count);
	vec_release(&d.pairs);
	free(d.slots);
}

/* Returns the number of branches of all rows. */
static u64 get_rows(struct bytes *in, struct branch_rows *out)
{
	u32 count = get_count(in);
	AUTO_COLUMN(column, count);
	u64 row = 0, sum = 0;

	vec_resize(out, count);
	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		row += u64_min(column[i], FILE_MAX_ITEMS);
		if (row >= FILE_MAX_ITEMS || (i && !column[i]))
			in->bad = true;
		out->data[i].row = in->bad ? 0 : (u32)row;
	}
	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		sum += u64_min(column[i], FILE_MAX_ITEMS);
		if (!column[i] || sum > FILE_MAX_ITEMS)
			in->bad = true;
		out->data[i].count = in->bad ? 0 : (u32)column[i];
	}
	return sum;
}

static u32 get_pairs(struct bytes *in, struct pair **out)
{
	u32 count = get_count(in);
	AUTO_COLUMN(column, count);
	u64 last = 0;

	*out = xcalloc((size_t)count + 1, sizeof **out);
	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		last += (u64)unzigzag(column[i]);
		if (last >= FILE_MAX_IDS)
			in->bad = true;
		(*out)[i].from = in->bad ? 0 : (u32)last;
	}
	column_get(in, column, count);
	for (u32 i = 0; i < count; i++) {
		u64 to = (*out)[i].from + (u64)unzigzag(column[i]);

		if (to >= FILE_MAX_IDS)
			in->bad = true;
		(*out)[i].to = in->bad ? 0 : (u32)to;
	}
	return count;
}

static void get_indices(struct bytes *in, const struct branch_rows *rows, const struct pair *pairs,
			u32 pair_count, struct branch_items *out, u64 *column)
{
	AUTO_FREE u32 *next = xcalloc((size_t)pair_count + 1, sizeof *next);
	u32 at = 0;

	column_get(in, column, (u32)out->len);
	for (u32 i = 0; i < rows->len && !in->bad; i++) {
		u32 before = pair_count;

		for (u32 n = rows->data[i].count; n; n--, at++) {
			u64 code = column[at] ? column[at] : next[before];

			if (!code || code > pair_count) {
				in->bad = true;
				return;
			}
			next[before] = (u32)code;
			before = (u32)code - 1;
			out->data[at].from = pairs[before].from;
			out->data[at].to = pairs[before].to;
		}
	}
}

bool branches_decode(struct bytes in, struct branch_rows *rows, struct branch_items *out)
{
	u64 sum = get_rows(&in, rows);
	AUTO_FREE struct pair *pairs = NULL;
	u32 pair_count = get_pairs(&in, &pairs), count = get_count(&in);
	AUTO_COLUMN(column, count);

	if (in.bad || sum != count)
		return false;
	vec_resize(out, count);
	get_indices(&in, rows, pairs, pair_count, out, column);
	column_get(&in, column, count);
	for (u32 i = 0; i < count; i++)
		out->data[i].flags = (u8)(column[i] & BRANCH_FLAGS);
	column_get(&in, column, count);
	for (u32 i = 0; i < count; i++)
		out->data[i].cycles = (u16)u64_min(column[i], UINT16_MAX);
	return !in.bad;
}
