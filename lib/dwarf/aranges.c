/* Reading .debug_aranges: sets of (address, length), each of one unit. */
#include "lib/dwarf/aranges.h"

#include <stdlib.h>

#include <aprof/alloc.h>

/* The addresses of a query. */
struct asked {
	const u64 *vaddrs;
	u32 count;
	u64 lowest_code;
	i32 *depth; /* so many more ranges cover an address than the one before it; NULL: not wanted */
};

static u32 first_at_least(const struct asked *asked, u64 vaddr)
{
	u32 first = 0, last = asked->count;

	while (first < last) {
		u32 middle = first + (last - first) / 2;

		if (asked->vaddrs[middle] < vaddr)
			first = middle + 1;
		else
			last = middle;
	}
	return first;
}

static bool has_address(const struct asked *asked, u64 low, u64 size)
{
	u32 first = first_at_least(asked, low);

	return first < asked->count && asked->vaddrs[first] - low < size;
}

/* Code that the linker discarded has none of the addresses that it is said to be at. */
static void cover(const struct asked *asked, u64 low, u64 size)
{
	if (low < asked->lowest_code)
		return;
	asked->depth[first_at_least(asked, low)]++;
	asked->depth[size > UINT64_MAX - low ? asked->count : first_at_least(asked, low + size)]--;
}

/* The next pair of a set. False at its end, and where it is cut off. */
static bool next_pair(struct bytes *set, u64 *low, u64 *size)
{
	*low = bytes_u64(set);
	*size = bytes_u64(set);
	return !set->bad && (*low || *size);
}

/* One unit's set, from behind its length. What it says counts only if all of it can be read. */
static void read_set(struct bytes set, size_t header, bool is_64, const struct asked *asked,
		     struct aranges *out)
{
	size_t whole = bytes_left(&set) + header;
	u16 version = bytes_u16(&set);
	u64 offset = is_64 ? bytes_u64(&set) : bytes_u32(&set), low, size;
	u8 address_size = bytes_u8(&set), segment_size = bytes_u8(&set);
	u8 found = ARANGES_ELSEWHERE;
	struct bytes pairs;
	u32 ranges = 0;

	if (set.bad || version != 2 || address_size != 8 || segment_size)
		return;
	/* The first pair stands at a multiple of its size, from the start of the set. */
	bytes_skip(&set, (16 - (whole - bytes_left(&set)) % 16) % 16);
	pairs = set;
	for (; next_pair(&set, &low, &size); ranges++)
		if (has_address(asked, low, size))
			found = ARANGES_HIT;
	/* A set without ranges says nothing: there are writers that have none to say. */
	if (set.bad || !ranges)
		return;
	*vec_push(out) = (struct arange){ offset, found };
	while (asked->depth && found == ARANGES_HIT && next_pair(&pairs, &low, &size))
		cover(asked, low, size);
}

/* Of two sets of a unit, the one that has an address is last. */
static int by_offset(const void *a, const void *b)
{
	const struct arange *x = a, *y = b;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	return x->found - y->found;
}

static void read_sets(struct aranges *out, struct bytes at, const struct asked *asked)
{
	while (bytes_left(&at) && !at.bad) {
		u64 size = bytes_u32(&at);
		bool is_64 = size == UINT32_MAX;

		if (is_64)
			size = bytes_u64(&at);
		if (at.bad || size > bytes_left(&at))
			break;
		read_set(bytes_sub(&at, size), is_64 ? 12 : 4, is_64, asked, out);
	}
	vec_sort(out, by_offset);
}

static bool all_covered(const struct asked *asked)
{
	i32 depth = 0;

	for (u32 i = 0; i < asked->count; i++) {
		depth += asked->depth[i];
		if (depth <= 0)
			return false;
	}
	return true;
}

void aranges_read(struct aranges *out, const struct dwarf_file *file, const u64 *vaddrs, u32 count,
		  bool *all)
{
	struct asked asked = { vaddrs, count, file->lowest_code, NULL };
	struct section section;

	if (all)
		*all = false;
	if (!binary_section(file->bin, ".debug_aranges", &section))
		return;
	if (all)
		asked.depth = xcalloc((size_t)count + 1, sizeof *asked.depth);
	read_sets(out, section.data, &asked);
	if (all)
		*all = all_covered(&asked);
	free(asked.depth);
}

u8 aranges_of(const struct aranges *aranges, u64 unit)
{
	size_t low = 0, high = aranges->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (aranges->data[middle].unit <= unit)
			low = middle + 1;
		else
			high = middle;
	}
	return low && aranges->data[low - 1].unit == unit ? aranges->data[low - 1].found :
							    ARANGES_SILENT;
}
