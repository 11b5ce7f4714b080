/*
 * The kernel as a module: the names of its functions.
 *
 * Generating /proc/kallsyms takes the kernel about 40 ms. So it is read once, and only where a kernel
 * frame was seen: while recording, by a thread of its own and whole, because what else will be asked
 * for is not known; at the end of a recording that was too short for that, for the addresses that
 * were seen only. Names are copied into the profile while recording: they hold for this boot.
 */
#ifndef APROF_PROCESS_KERNEL_H
#define APROF_PROCESS_KERNEL_H

#include <aprof/types.h>

struct kernel;

#define KERNEL_SYMBOLS "/proc/kallsyms"

/* `path`: KERNEL_SYMBOLS, or a file that reads like it; not copied. */
struct kernel *kernel_new(const char *path);
void kernel_free(struct kernel *kernel); /* waits for the thread */

/* This address will be asked for; cheap, and nothing once the thread was started. */
void kernel_want(struct kernel *kernel, u64 address);
/* Starts the thread if an address is wanted; cheap, and nothing from the second time on. */
void kernel_start_reading(struct kernel *kernel);
/* Starts the thread in any case, for all names. */
void kernel_want_all(struct kernel *kernel);
/* Blocks until the names of what is wanted are there, or cannot be had. */
void kernel_wait(struct kernel *kernel);

/*
 * The function that covers a kernel address, and its start; NULL while the names are not there, for
 * addresses in none, and for ever where kernel.kptr_restrict hides them. A kernel module's function
 * reads "name [module]".
 */
const char *kernel_name(struct kernel *kernel, u64 address, u64 *start);
/* Whether one of the functions that start there has that name; after kernel_want_all(). */
bool kernel_has_name(struct kernel *kernel, u64 address, const char *name);

/* Names were asked for but the addresses are hidden from this user. */
bool kernel_hidden(const struct kernel *kernel);

#endif
