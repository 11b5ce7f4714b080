/* Allocation that cannot fail: out of memory ends the program with a sentence. */
#ifndef APROF_ALLOC_H
#define APROF_ALLOC_H

#include <aprof/types.h>

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));
void *xzalloc(size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));
/* count * size, checked for overflow. */
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));
void *xrealloc(void *p, size_t size) __attribute__((returns_nonnull, warn_unused_result));
void *xreallocarray(void *p, size_t count, size_t size)
	__attribute__((returns_nonnull, warn_unused_result));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull, warn_unused_result));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull, warn_unused_result));
void *xmemdup(const void *p, size_t n) __attribute__((malloc, returns_nonnull, warn_unused_result));
char *xasprintf(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), returns_nonnull, warn_unused_result));

/*
 * For what allocates much and ends soon: memory that is freed is kept for what comes, and the heap
 * has huge pages where the kernel gives them. A fault for each small page is a tenth of a report.
 */
void alloc_much(void);

#endif
