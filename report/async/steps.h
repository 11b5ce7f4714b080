/* Which links of a chain become steps of the logical stack, and what each says. */
#ifndef APROF_ASYNC_STEPS_H
#define APROF_ASYNC_STEPS_H

#include "report/async/chain.h"
#include "report/async/logical.h"

struct step_vec VEC(struct step);

/* Appends the steps of a chain with a task, root first; `sites`: with where its bodies await. */
void steps_of_task(struct step_vec *out, const struct chain *chain, struct kinds *kinds,
		   bool show_glue, bool sites);

/* Appends all links but those that a thread starts with, behind the thread's name. */
void steps_of_plain(struct step_vec *out, const struct chain *chain, u32 thread_name);

/* Appends all links as they are. */
void steps_of_physical(struct step_vec *out, const struct chain *chain);

#endif
