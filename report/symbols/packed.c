/* Looking places up among the names that were packed. */
#include "report/symbols/packed.h"

static const struct packed_place *find_in(const struct packed_names *names, u64 offset)
{
	size_t lo = 0, hi = names->places.len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (names->places.data[mid].offset < offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == names->places.len || names->places.data[lo].offset != offset ||
	    !names->places.data[lo].count)
		return NULL;
	return &names->places.data[lo];
}

const struct packed_names *packed_find(const struct profile *profile, u32 module, u64 offset,
				       const struct packed_place **place)
{
	for (u32 i = 0; i < profile->packed_count; i++) {
		if (profile->packed[i].module != module)
			continue;
		*place = find_in(profile->packed[i].names, offset);
		if (*place)
			return profile->packed[i].names;
	}
	return NULL;
}
