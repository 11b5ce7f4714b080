/*
 * Types as they were spelled before.
 *
 * Functions of asynchronous code share arguments of kilobytes, nested in each other: each of them is
 * spelled once, whatever it is in. What is replaced by a function's own arguments is not for here.
 */
#ifndef APROF_ASYNC_MEMO_H
#define APROF_ASYNC_MEMO_H

#include <aprof/intern.h>
#include <aprof/text.h>

#include "report/async/path.h"

struct memo {
	struct intern types; /* each behind its context */
	struct VEC(struct span) spelled; /* by id in types; at is NULL: not kept yet */
	struct arena arena;
	struct text key;
};

void memo_init(struct memo *memo);
void memo_release(struct memo *memo);

/* Sets *id, for memo_keep(); NO_ID: there is no room. */
struct span memo_find(struct memo *memo, u32 context, struct span type, u32 *id);
void memo_keep(struct memo *memo, u32 id, struct span spelled);

#endif
