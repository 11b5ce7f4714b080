/* The heap of commands that allocate much, by what glibc's malloc offers (mallopt(3)). */
#include <aprof/alloc.h>

#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST_IN_HEAP (32 << 20) /* glibc allows no more (HEAP_MAX_SIZE / 2) */
#define GROWTH (32 << 20)
#define HUGE_PAGE ((uintptr_t)2 << 20)

void alloc_much(void)
{
#ifdef __GLIBC__
	uintptr_t start = (uintptr_t)sbrk(0), end;

	mallopt(M_MMAP_THRESHOLD, MOST_IN_HEAP);
	mallopt(M_TRIM_THRESHOLD, INT32_MAX);
	mallopt(M_TOP_PAD, GROWTH);
	free(xmalloc(GROWTH / 64)); /* more than is left: the heap grows now */
	end = (uintptr_t)sbrk(0);
	start = (start + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	/* Where there are no huge pages, it has small ones. */
	if (start < end)
		madvise((void *)start, end - start, MADV_HUGEPAGE);
#endif
}
