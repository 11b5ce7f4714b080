/* Memory that is freed all at once: a list of blocks that only grows. */
#ifndef APROF_ARENA_H
#define APROF_ARENA_H

#include <aprof/types.h>

struct arena {
	struct arena_block *last;
	size_t used; /* bytes handed out, for reports of memory */
};

/* 16-byte aligned, uninitialised. Lives until arena_release(). */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
void *arena_zalloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *arena, const char *s) __attribute__((returns_nonnull));
/* Copies n bytes and adds a NUL. */
char *arena_strndup(struct arena *arena, const char *s, size_t n) __attribute__((returns_nonnull));
char *arena_printf(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));
void arena_release(struct arena *arena);

#endif
