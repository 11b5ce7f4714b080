/*
 * The names of all functions of a profile (name.h), worked out by a crew: types
 * of several kilobytes are usual in asynchronous code.
 */
#ifndef APROF_ASYNC_NAMED_H
#define APROF_ASYNC_NAMED_H

#include <aprof/crew.h>

#include "report/symbols/symbols.h"

/* The texts of struct name. */
struct named {
	const char *text, *key, *trait;
};

struct named_all;

/* Called for each function by the thread that named it; the texts live as long as the names. */
typedef void named_each(void *arg, u32 function, struct named named);

struct named_all *named_all_new(const struct symbols *symbols, struct crew *crew, named_each *each,
				void *arg);
void named_all_free(struct named_all *all);

struct named named_of(const struct named_all *all, u32 function);

#endif
