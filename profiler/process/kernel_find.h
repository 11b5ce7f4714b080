/*
 * The names of a few addresses, in one pass over the kernel's symbols of which nothing else is kept:
 * half the work of keeping all, beside the kernel's own.
 */
#ifndef APROF_PROCESS_KERNEL_FIND_H
#define APROF_PROCESS_KERNEL_FIND_H

#include <aprof/types.h>
#include <aprof/vec.h>

struct kernel_found {
	u64 address; /* wanted */
	u64 start; /* of the function */
	char *name; /* owned; NULL: not in any */
};

struct kernel_founds VEC(struct kernel_found);

/* Fills in what `wanted` leaves open, and sorts it by address, each once. False: the file does not
   show addresses. */
bool kernel_find(struct kernel_founds *wanted, const char *path);
/* NULL: it was not wanted. */
const struct kernel_found *kernel_found_at(const struct kernel_founds *founds, u64 address);
void kernel_founds_release(struct kernel_founds *founds);

#endif
