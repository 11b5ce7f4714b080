/*
 * The kernel as a module: where its text starts, and the names of its functions.
 *
 * /proc/kallsyms takes about 40 ms to read, so a thread of its own reads it, and only when the first
 * kernel frame was seen. Names are copied into the profile while recording: they hold for this boot.
 */
#ifndef APROF_PROCESS_KERNEL_H
#define APROF_PROCESS_KERNEL_H

#include <aprof/types.h>

struct kernel;

struct kernel *kernel_new(void);
void kernel_free(struct kernel *kernel); /* waits for the thread */

/* Starts the reading thread; cheap, and nothing from the second time on. */
void kernel_want_names(struct kernel *kernel);
/* Blocks until the names are there, or cannot be had. */
void kernel_wait(struct kernel *kernel);

/*
 * The function that covers a kernel address, and its start; NULL while the names are not there, for
 * addresses in none, and for ever where kernel.kptr_restrict hides them. A kernel module's function
 * reads "name [module]".
 */
const char *kernel_name(struct kernel *kernel, u64 address, u64 *start);
/* Whether one of the functions that start there has that name. */
bool kernel_has_name(struct kernel *kernel, u64 address, const char *name);

/* Names were asked for but the addresses are hidden from this user. */
bool kernel_hidden(const struct kernel *kernel);

#endif
