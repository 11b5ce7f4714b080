/* Sorting many things by address: by its digits, since comparing is slow where there are 100,000. */
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "lib/binary/order.h"

#define BITS 11
#define VALUES (1u << BITS)

/* One digit's turn: keys of the same digit stay in their order. */
static void pass(const struct order_key *from, struct order_key *to, size_t count, u32 shift)
{
	size_t at[VALUES] = { 0 };
	size_t before = 0;

	for (size_t i = 0; i < count; i++)
		at[from[i].address >> shift & (VALUES - 1)]++;
	for (size_t digit = 0; digit < VALUES; digit++) {
		size_t n = at[digit];

		at[digit] = before;
		before += n;
	}
	for (size_t i = 0; i < count; i++)
		to[at[from[i].address >> shift & (VALUES - 1)]++] = from[i];
}

void order_by_address(struct order_key *keys, size_t count)
{
	struct order_key *other, *from = keys, *to;
	bool ascending = true;
	u64 all = 0;

	for (size_t i = 0; i < count; i++) {
		all |= keys[i].address;
		ascending &= i == 0 || keys[i - 1].address <= keys[i].address;
	}
	if (ascending)
		return;
	other = to = xcalloc(count + 1, sizeof *other);
	for (u32 shift = 0; shift < 64 && all >> shift; shift += BITS) {
		struct order_key *sorted = to;

		pass(from, to, count, shift);
		to = from;
		from = sorted;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof *keys);
	free(other);
}
