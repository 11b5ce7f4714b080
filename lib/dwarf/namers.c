/* Lends out one struct functions a thread, so that there are never more of them than threads. */
#include "lib/dwarf/namers.h"

#include <stdlib.h>

#include <aprof/alloc.h>

void namers_init(struct namers *namers)
{
	*namers = (struct namers){ 0 };
	pthread_mutex_init(&namers->lock, NULL);
}

void namers_release(struct namers *namers)
{
	vec_each(&namers->all, functions) {
		functions_release(*functions);
		free(*functions);
	}
	vec_release(&namers->all);
	vec_release(&namers->idle);
	pthread_mutex_destroy(&namers->lock);
}

struct functions *namers_take(struct namers *namers)
{
	struct functions *functions;

	pthread_mutex_lock(&namers->lock);
	if (namers->idle.len) {
		functions = namers->idle.data[--namers->idle.len];
	} else {
		functions = xmalloc(sizeof *functions);
		functions_init(functions);
		*vec_push(&namers->all) = functions;
	}
	pthread_mutex_unlock(&namers->lock);
	return functions;
}

void namers_give_back(struct namers *namers, struct functions *functions)
{
	pthread_mutex_lock(&namers->lock);
	*vec_push(&namers->idle) = functions;
	pthread_mutex_unlock(&namers->lock);
}
