/* Functions named by several threads, each of which has a struct functions to itself meanwhile. */
#ifndef APROF_DWARF_NAMERS_H
#define APROF_DWARF_NAMERS_H

#include <pthread.h>

#include <aprof/vec.h>

#include "lib/dwarf/function.h"

struct functions_list VEC(struct functions *);

struct namers {
	pthread_mutex_t lock; /* of both lists */
	struct functions_list all, idle;
};

void namers_init(struct namers *namers);
/* What was named lives until then. */
void namers_release(struct namers *namers);

struct functions *namers_take(struct namers *namers);
void namers_give_back(struct namers *namers, struct functions *functions);

#endif
