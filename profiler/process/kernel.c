/* Kernel symbols from /proc/kallsyms: all, by a thread of their own, or the wanted ones at the end. */
#include "profiler/process/kernel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/bytes.h>
#include <aprof/vec.h>

#include "profiler/process/kallsyms.h"
#include "profiler/process/kernel_find.h"

struct kernel_symbol {
	u64 address;
	u32 name; /* offset in `names` */
};

struct kernel {
	const char *path;
	struct kernel_founds wanted; /* until `started`; with names once `found` */
	struct VEC(struct kernel_symbol) symbols; /* sorted; whole once `ready` is set */
	size_t sorted; /* so many at the front are, while they are read */
	struct buf names; /* each ends with 0 */
	pthread_t thread;
	bool started; /* the thread; or there was no need for it */
	bool joined;
	bool found;
	bool hidden;
	atomic_bool ready;
};

struct kernel *kernel_new(const char *path)
{
	struct kernel *k = xzalloc(sizeof *k);

	k->path = path;
	return k;
}

static void add_symbol(struct kernel *k, const struct kallsyms_symbol *symbol)
{
	u64 address = symbol->address;

	if (k->names.len > UINT32_MAX - (u64)symbol->size - 1)
		return;
	if (k->sorted == k->symbols.len &&
	    (!k->sorted || k->symbols.data[k->sorted - 1].address <= address))
		k->sorted++;
	*vec_push(&k->symbols) = (struct kernel_symbol){ address, (u32)k->names.len };
	kallsyms_copy_name(symbol, (char *)buf_extend(&k->names, symbol->size + 1));
}

/* Of symbols at one address, the later line is the later one here too. */
static int by_address(const void *a, const void *b)
{
	const struct kernel_symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* The kernel's own symbols come sorted, and they are most; modules and BPF programs follow in any
   order: these are sorted and merged in. */
static void sort_rest(struct kernel *k)
{
	struct VEC(struct kernel_symbol) rest = { 0 };
	size_t first = k->sorted, to = k->symbols.len;

	vec_append(&rest, k->symbols.data + first, to - first);
	vec_sort(&rest, by_address);
	while (rest.len) {
		const struct kernel_symbol *last = &rest.data[rest.len - 1];

		if (first && k->symbols.data[first - 1].address > last->address) {
			k->symbols.data[--to] = k->symbols.data[--first];
		} else {
			k->symbols.data[--to] = *last;
			rest.len--;
		}
	}
	vec_release(&rest);
}

/* Room for an ordinary kernel's; what is not touched of it costs nothing, and growing costs copies. */
#define USUAL_SYMBOLS ((size_t)256 << 10)
#define USUAL_NAME_BYTES ((size_t)8 << 20)

static void *read_all(void *arg)
{
	struct kernel *k = arg;
	struct kallsyms_symbol symbol;
	struct kallsyms file;

	vec_reserve(&k->symbols, USUAL_SYMBOLS);
	vec_reserve(&k->names, USUAL_NAME_BYTES);
	kallsyms_open(&file, k->path);
	while (kallsyms_fill(&file))
		while (kallsyms_next(&file, &symbol))
			add_symbol(k, &symbol);
	kallsyms_close(&file);
	sort_rest(k);
	/* Users without the right see the names, all at address 0. */
	k->hidden = !k->symbols.len || !k->symbols.data[k->symbols.len - 1].address;
	atomic_store_explicit(&k->ready, true, memory_order_release);
	return NULL;
}

void kernel_want_all(struct kernel *k)
{
	if (k->started)
		return;
	k->started = true;
	if (pthread_create(&k->thread, NULL, read_all, k) != 0) {
		k->joined = true;
		k->hidden = true;
		atomic_store(&k->ready, true);
	}
}

/* With more than these, all names are not much more. */
#define WANTED_MAX 65536

void kernel_want(struct kernel *k, u64 address)
{
	if (k->started)
		return;
	*vec_push(&k->wanted) = (struct kernel_found){ .address = address };
	if (k->wanted.len == WANTED_MAX)
		kernel_want_all(k);
}

void kernel_start_reading(struct kernel *k)
{
	if (k->wanted.len)
		kernel_want_all(k);
}

void kernel_wait(struct kernel *k)
{
	if (k->started && !k->joined)
		pthread_join(k->thread, NULL);
	else if (!k->started && k->wanted.len) {
		k->hidden = !kernel_find(&k->wanted, k->path);
		k->started = k->found = true;
		atomic_store(&k->ready, true);
	}
	k->joined = k->started;
}

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	if (k->started)
		kernel_wait(k);
	kernel_founds_release(&k->wanted);
	vec_release(&k->symbols);
	buf_release(&k->names);
	free(k);
}

bool kernel_hidden(const struct kernel *k)
{
	return k->started && atomic_load_explicit(&k->ready, memory_order_acquire) && k->hidden;
}

/* A function is not larger than this: an address further behind the last symbol is in none. */
#define FAR_BEHIND ((u64)16 << 20)

static bool is_readable(struct kernel *k)
{
	return k->started && atomic_load_explicit(&k->ready, memory_order_acquire) && !k->hidden;
}

/* The index of the first symbol behind the address. */
static size_t first_behind(const struct kernel *k, u64 address)
{
	size_t lo = 0, hi = k->symbols.len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (k->symbols.data[mid].address <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const char *name_of_all(struct kernel *k, u64 address, u64 *start)
{
	size_t behind = first_behind(k, address);

	if (!behind)
		return NULL;
	*start = k->symbols.data[behind - 1].address;
	return (const char *)k->names.data + k->symbols.data[behind - 1].name;
}

static const char *name_of_wanted(struct kernel *k, u64 address, u64 *start)
{
	const struct kernel_found *found = kernel_found_at(&k->wanted, address);

	if (!found)
		return NULL;
	*start = found->start;
	return found->name;
}

const char *kernel_name(struct kernel *k, u64 address, u64 *start)
{
	const char *name;
	u64 at = 0;

	if (!is_readable(k))
		return NULL;
	name = k->found ? name_of_wanted(k, address, &at) : name_of_all(k, address, &at);
	if (!name || !at || address - at > FAR_BEHIND)
		return NULL;
	*start = at;
	return name;
}

bool kernel_has_name(struct kernel *k, u64 address, const char *name)
{
	if (!is_readable(k))
		return false;
	for (size_t i = first_behind(k, address); i-- > 0;) {
		const struct kernel_symbol *symbol = &k->symbols.data[i];

		if (symbol->address != address)
			return false;
		if (!strcmp((const char *)k->names.data + symbol->name, name))
			return true;
	}
	return false;
}
