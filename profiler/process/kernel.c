/* Kernel symbols from /proc/kallsyms, read by a thread of their own. */
#include "profiler/process/kernel.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/bytes.h>
#include <aprof/cleanup.h>
#include <aprof/vec.h>

struct kernel_symbol {
	u64 address;
	u32 name; /* offset in `names` */
};

struct kernel {
	struct VEC(struct kernel_symbol) symbols; /* sorted; whole once `ready` is set */
	struct buf names; /* each ends with 0 */
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

/* The file has 10 MB and more; numbers by hand take a fifth of strtoull()'s time. */
static const char *parse_hex(const char *at, u64 *value)
{
	u64 sum = 0;

	for (;; at++) {
		u32 digit = (u8)*at - (u32)'0';

		if (digit > 9) {
			digit = ((u8)*at | 0x20) - (u32)'a';
			if (digit > 5)
				break;
			digit += 10;
		}
		sum = sum << 4 | digit;
	}
	*value = sum;
	return at;
}

/* One line: "ffffffff81000000 T _text" or "… t name\t[module]". Functions only. */
static void add_line(struct kernel *k, const char *line, const char *end)
{
	u64 address;
	const char *name = parse_hex(line, &address);
	const char *module;

	/* The caller saw to it that a zero follows `end`, so that looking ahead is harmless. */
	if (name == line || name[0] != ' ' || !name[1] || name[2] != ' ' ||
	    !strchr("tTwW", name[1]) || k->names.len > UINT32_MAX - (u64)(end - line))
		return;
	name += 3;
	*vec_push(&k->symbols) = (struct kernel_symbol){ address, (u32)k->names.len };
	module = memchr(name, '\t', (size_t)(end - name));
	if (module) {
		buf_put(&k->names, name, (size_t)(module - name));
		buf_u8(&k->names, ' ');
		name = module + 1;
	}
	buf_put(&k->names, name, (size_t)(end - name));
	buf_u8(&k->names, 0);
}

static int by_address(const void *a, const void *b)
{
	u64 x = ((const struct kernel_symbol *)a)->address;
	u64 y = ((const struct kernel_symbol *)b)->address;

	return x < y ? -1 : x > y;
}

/* As it is without loadable modules. */
static bool is_sorted(const struct kernel *k)
{
	for (size_t i = 1; i < k->symbols.len; i++)
		if (k->symbols.data[i - 1].address > k->symbols.data[i].address)
			return false;
	return true;
}

#define READ_BYTES ((size_t)64 << 10)

/* Whole lines out of what `have` bytes there are; returns how many bytes they took. */
static size_t add_lines(struct kernel *k, const char *text, size_t have)
{
	const char *line = text, *end;

	while ((end = memchr(line, '\n', have - (size_t)(line - text)))) {
		add_line(k, line, end);
		line = end + 1;
	}
	return (size_t)(line - text);
}

static void read_lines(struct kernel *k, int fd)
{
	AUTO_FREE char *text = xmalloc(READ_BYTES + 1);
	size_t have = 0, took;
	ssize_t n;

	while ((n = read(fd, text + have, READ_BYTES - have)) > 0) {
		have += (size_t)n;
		text[have] = '\0';
		took = add_lines(k, text, have);
		have -= took;
		memmove(text, text + took, have);
	}
}

static void *read_names(void *arg)
{
	struct kernel *k = arg;
	AUTO_CLOSE int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		read_lines(k, fd);
	if (!is_sorted(k))
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

const char *kernel_name(struct kernel *k, u64 address, u64 *start)
{
	size_t lo;

	if (!is_readable(k))
		return NULL;
	lo = first_behind(k, address);
	if (!lo || !k->symbols.data[lo - 1].address ||
	    address - k->symbols.data[lo - 1].address > FAR_BEHIND)
		return NULL;
	*start = k->symbols.data[lo - 1].address;
	return (const char *)k->names.data + k->symbols.data[lo - 1].name;
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
