/* Arenas: blocks of 64 KiB, larger ones for what does not fit. */
#include <aprof/arena.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#define BLOCK_SIZE ((size_t)64 << 10)

struct arena_block {
	struct arena_block *prev;
	size_t used;
	size_t size;
	_Alignas(16) u8 data[];
};

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block = xmalloc(sizeof *block + size);

	block->used = 0;
	block->size = size;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->last;
	size_t rounded = align_up(size ? size : 1, 16);
	void *p;

	arena->used += rounded;
	if (!block || rounded > block->size - block->used) {
		bool own_block = rounded > BLOCK_SIZE / 4;

		block = block_new(own_block ? rounded : BLOCK_SIZE);
		if (own_block && arena->last) {
			/* Behind the open block, whose rest is still of use. */
			block->prev = arena->last->prev;
			arena->last->prev = block;
		} else {
			block->prev = arena->last;
			arena->last = block;
		}
	}
	p = block->data + block->used;
	block->used += rounded;
	return p;
}

void *arena_zalloc(struct arena *arena, size_t size)
{
	return memset(arena_alloc(arena, size), 0, size);
}

char *arena_strndup(struct arena *arena, const char *s, size_t n)
{
	char *copy = arena_alloc(arena, n + 1);

	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *s)
{
	return arena_strndup(arena, s, strlen(s));
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list ap;
	char *copy;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	copy = arena_alloc(arena, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(copy, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return copy;
}

void arena_release(struct arena *arena)
{
	while (arena->last) {
		struct arena_block *block = arena->last;

		arena->last = block->prev;
		free(block);
	}
	arena->used = 0;
}
