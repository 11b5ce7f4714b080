/* One pass over the kernel's symbols for the functions that cover a few addresses. */
#include "profiler/process/kernel_find.h"

#include <stdlib.h>

#include <aprof/alloc.h>

#include "profiler/process/kallsyms.h"

/*
 * For each wanted address the last symbol between the one before it and itself. What no symbol lies
 * so close to is in the function of the one before it.
 */
struct search {
	struct kernel_founds *wanted;
	size_t at; /* where the last symbol went; wanted->len: behind all */
	struct kallsyms_symbol best; /* for it, while `best.name`: not copied yet */
	bool shown; /* an address that is not 0 was seen */
};

static int by_address(const void *a, const void *b)
{
	u64 x = ((const struct kernel_found *)a)->address;
	u64 y = ((const struct kernel_found *)b)->address;

	return x < y ? -1 : x > y;
}

static void sort_once(struct kernel_founds *wanted)
{
	size_t kept = 0;

	vec_sort(wanted, by_address);
	for (size_t i = 0; i < wanted->len; i++)
		if (!kept || wanted->data[kept - 1].address != wanted->data[i].address)
			wanted->data[kept++] = wanted->data[i];
	wanted->len = kept;
}

/* The first wanted address that is not below this one. */
static size_t slot_of(const struct kernel_founds *wanted, u64 address)
{
	size_t lo = 0, hi = wanted->len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (wanted->data[mid].address < address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Most symbols are followed by a better one: names are copied when none can follow at once. */
static void settle(struct search *s)
{
	struct kernel_found *found;

	if (!s->best.name)
		return;
	found = &s->wanted->data[s->at];
	found->name = xrealloc(found->name, s->best.size + 1);
	found->start = s->best.address;
	kallsyms_copy_name(&s->best, found->name);
	s->best.name = NULL;
}

static bool is_in_slot(const struct search *s, u64 address)
{
	const struct kernel_found *all = s->wanted->data;

	return (s->at == s->wanted->len || address <= all[s->at].address) &&
	       (!s->at || address > all[s->at - 1].address);
}

/* Of two symbols at one address the later line counts, as where all are kept. */
static void take(struct search *s, const struct kallsyms_symbol *symbol)
{
	const struct kernel_found *found;

	s->shown |= symbol->address != 0;
	if (!is_in_slot(s, symbol->address)) {
		settle(s);
		s->at = slot_of(s->wanted, symbol->address);
	}
	if (s->at == s->wanted->len || !symbol->address)
		return;
	found = &s->wanted->data[s->at];
	if (symbol->address >= (s->best.name ? s->best.address : found->name ? found->start : 0))
		s->best = *symbol;
}

static void carry_on(struct kernel_founds *wanted)
{
	const struct kernel_found *before = NULL;

	vec_each(wanted, found) {
		if (!found->name && before) {
			found->start = before->start;
			found->name = xstrdup(before->name);
		}
		if (found->name)
			before = found;
	}
}

bool kernel_find(struct kernel_founds *wanted, const char *path)
{
	struct search s = { .wanted = wanted };
	struct kallsyms_symbol symbol;
	struct kallsyms file;

	sort_once(wanted);
	kallsyms_open(&file, path);
	while (kallsyms_fill(&file)) {
		while (kallsyms_next(&file, &symbol))
			take(&s, &symbol);
		settle(&s);
	}
	kallsyms_close(&file);
	carry_on(wanted);
	return s.shown;
}

const struct kernel_found *kernel_found_at(const struct kernel_founds *founds, u64 address)
{
	size_t at = slot_of(founds, address);

	return at < founds->len && founds->data[at].address == address ? &founds->data[at] : NULL;
}

void kernel_founds_release(struct kernel_founds *founds)
{
	vec_each(founds, found)
		free(found->name);
	vec_release(founds);
}
