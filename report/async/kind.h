/*
 * What one function is to the chains it appears in: its name and its role.
 *
 * Worked out for all functions at once, by all CPUs beside each other.
 */
#ifndef APROF_ASYNC_KIND_H
#define APROF_ASYNC_KIND_H

#include <pthread.h>

#include <aprof/arena.h>
#include <aprof/intern.h>

#include "report/async/named.h"
#include "report/async/path.h"
#include "report/async/sites.h"
#include "report/async/tables.h"
#include "report/symbols/symbols.h"

struct kind {
	u32 name; /* id in kinds->strings, with its marks: "shop::f_[?]", "schedule_[k]" */
	u8 role; /* enum role */
	bool unsure; /* functions may be inlined into it that are not known */
	bool shared; /* its name is one of several */
	bool nameless; /* where it was inlined (symbols_is_nameless()) */
	bool body; /* an async body, even if its role is to be glue */
	bool block; /* ... of an async block */
	bool closure; /* an ordinary closure */
	bool unblocks; /* polls a task that does nothing but call a blocking closure */
	bool generator; /* GenFuture::poll: what it calls is a body of a rustc before 1.67 */
	bool thread_start; /* one of the frames that threads begin with */
	const char *owner_label; /* "[tokio]"; NULL if nobody owns it */
	u32 owner; /* its id in kinds->strings; NO_ID */
	struct span crate; /* "shop"; empty if it is not Rust */
	const char *key; /* by which the tables know it (name.h); "" if it is not Rust */
	struct span path; /* DIE path without the generics at its end; empty without DWARF */
	const char *file; /* declared in; NULL if unknown */
};

struct kinds {
	const struct symbols *symbols;
	struct intern strings;
	pthread_mutex_t lock; /* of strings, while stacks are mapped by several threads */
	struct intern sources; /* "shop:src/main.rs": where a crate's functions are declared */
	bool have_sources;
	struct sites sites;
	struct named_all *names;
	struct kind *kinds; /* by function id */
};

/* The crew does the work; NULL: the caller. */
void kinds_init(struct kinds *kinds, const struct symbols *symbols, struct crew *crew);
void kinds_release(struct kinds *kinds);

/*
 * Is a line of this file one that the author of the function's crate wrote? The body of a block or
 * closure that a macro makes is declared in the macro's file, though what it awaits may be in the
 * user's; functions with names are where they are written.
 */
bool kinds_wrote(struct kinds *kinds, u32 function, const char *file);

/* The id of "NAME_[?]", of a name's: what is inlined there is not known. Threads may ask. */
u32 kinds_unsure_name(struct kinds *kinds, u32 name);

/* Valid until kinds_release(). */
static inline const struct kind *kind_of(const struct kinds *kinds, u32 function)
{
	return &kinds->kinds[function];
}

#endif
