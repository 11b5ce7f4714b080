/* The kernel's and JIT names: sorted, each once, found by offset. */
#include <stdlib.h>

#include "report/load/load.h"

static int by_place(const void *a, const void *b)
{
	const struct profile_name *x = a, *y = b;

	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

void load_compact_names(struct load *l)
{
	size_t kept = 0;

	vec_sort(&l->names, by_place);
	vec_each(&l->names, n) {
		struct profile_name *last = kept ? &l->names.data[kept - 1] : NULL;

		if (last && last->module == n->module && last->start == n->start)
			*last = *n; /* the longer one comes later */
		else
			l->names.data[kept++] = *n;
	}
	l->names.len = l->names_sorted = kept;
}

const struct profile_name *profile_name_at(const struct profile *p, u32 module, u64 offset)
{
	u32 lo = 0, hi = p->name_count;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;
		const struct profile_name *n = &p->names[mid];

		if (n->module < module || (n->module == module && n->start <= offset))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || p->names[lo - 1].module != module || p->names[lo - 1].end <= offset)
		return NULL;
	return &p->names[lo - 1];
}
