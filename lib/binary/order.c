/* Sorting many things by address: by its digits, since comparing is slow where there are 100,000. */
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "lib/binary/order.h"

#define MOST_BITS 11 /* of a digit */

/* One digit's turn: keys of the same digit stay in their order. */
static void pass(const struct order_key *from, struct order_key *to, size_t count, u32 shift,
		 u32 bits)
{
	size_t at[1u << MOST_BITS];
	size_t before = 0, values = (size_t)1 << bits;

	memset(at, 0, values * sizeof *at);
	for (size_t i = 0; i < count; i++)
		at[from[i].address >> shift & (values - 1)]++;
	for (size_t digit = 0; digit < values; digit++) {
		size_t n = at[digit];

		at[digit] = before;
		before += n;
	}
	for (size_t i = 0; i < count; i++)
		to[at[from[i].address >> shift & (values - 1)]++] = from[i];
}

/* Of as few digits as they can have, these as small as they can be: the fewer values, the faster. */
static void sort(struct order_key *keys, size_t count, u32 bits)
{
	u32 digits = (bits + MOST_BITS - 1) / MOST_BITS;
	u32 width = (bits + digits - 1) / digits;
	struct order_key *other = xreallocarray(NULL, count, sizeof *other), *from = keys,
			 *to = other;

	for (u32 digit = 0; digit < digits; digit++) {
		struct order_key *sorted = to;

		pass(from, to, count, digit * width, width);
		to = from;
		from = sorted;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof *keys);
	free(other);
}

void order_by_address(struct order_key *keys, size_t count)
{
	bool ascending = true;
	u64 differ = 0;
	u32 bits = 0;

	for (size_t i = 1; i < count; i++) {
		differ |= keys[i].address ^ keys[0].address;
		ascending &= keys[i - 1].address <= keys[i].address;
	}
	if (ascending)
		return;
	/* What is above the highest bit in which they differ is the same in all. */
	while (bits < 64 && differ >> bits)
		bits++;
	sort(keys, count, bits);
}
