/* Kernel symbols from /proc/kallsyms, read by a thread of their own. */
#include "profiler/process/kernel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/arena.h>
#include <aprof/cleanup.h>
#include <aprof/vec.h>

struct kernel_symbol {
	u64 address;
	const char *name;
};

struct kernel {
	struct VEC(struct kernel_symbol) symbols; /* sorted; whole once `ready` is set */
	struct arena arena;
	pthread_t thread;
	bool started;
	bool joined;
	bool hidden;
	atomic_bool ready;
};

struct kernel *kernel_new(void)
{
	return xzalloc(sizeof(struct kernel));
}

/* One line: "ffffffff81000000 T _text" or "… t name\t[module]". Functions only. */
static void add_line(struct kernel *k, char *line)
{
	char *end, *name, *module;
	u64 address = strtoull(line, &end, 16);

	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ' || !strchr("tTwW", end[1]))
		return;
	name = end + 3;
	name[strcspn(name, "\n")] = '\0';
	module = strchr(name, '\t');
	if (module)
		*module = ' ';
	*vec_push(&k->symbols) = (struct kernel_symbol){
		.address = address,
		.name = arena_strdup(&k->arena, name),
	};
}

static int by_address(const void *a, const void *b)
{
	u64 x = ((const struct kernel_symbol *)a)->address;
	u64 y = ((const struct kernel_symbol *)b)->address;

	return x < y ? -1 : x > y;
}

static void *read_names(void *arg)
{
	struct kernel *k = arg;
	AUTO_FCLOSE FILE *f = fopen("/proc/kallsyms", "re");
	AUTO_FREE char *line = NULL;
	size_t room = 0;

	while (f && getline(&line, &room, f) > 0)
		add_line(k, line);
	vec_sort(&k->symbols, by_address);
	/* Users without the right see the names, all at address 0. */
	k->hidden = !k->symbols.len || !k->symbols.data[k->symbols.len - 1].address;
	atomic_store_explicit(&k->ready, true, memory_order_release);
	return NULL;
}

void kernel_want_names(struct kernel *k)
{
	if (k->started)
		return;
	k->started = true;
	if (pthread_create(&k->thread, NULL, read_names, k) != 0) {
		k->joined = true;
		k->hidden = true;
		atomic_store(&k->ready, true);
	}
}

void kernel_wait(struct kernel *k)
{
	if (!k->started || k->joined)
		return;
	pthread_join(k->thread, NULL);
	k->joined = true;
}

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	kernel_wait(k);
	vec_release(&k->symbols);
	arena_release(&k->arena);
	free(k);
}

bool kernel_hidden(const struct kernel *k)
{
	return k->started && atomic_load_explicit(&k->ready, memory_order_acquire) && k->hidden;
}

/* A function is not larger than this: an address further behind the last symbol is in none. */
#define FAR_BEHIND ((u64)16 << 20)

const char *kernel_name(struct kernel *k, u64 address, u64 *start)
{
	size_t lo = 0, hi;

	if (!k->started || !atomic_load_explicit(&k->ready, memory_order_acquire) || k->hidden)
		return NULL;
	hi = k->symbols.len;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (k->symbols.data[mid].address <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || !k->symbols.data[lo - 1].address ||
	    address - k->symbols.data[lo - 1].address > FAR_BEHIND)
		return NULL;
	*start = k->symbols.data[lo - 1].address;
	return k->symbols.data[lo - 1].name;
}
