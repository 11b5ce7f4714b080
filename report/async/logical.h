/*
 * Physical stacks to logical await chains.
 *
 * The mapper classifies each function once (kind.h, by the tables of glue, runtimes and task
 * boundaries) and each stack once; a logical stack is a list of steps, root first.
 */
#ifndef APROF_ASYNC_LOGICAL_H
#define APROF_ASYNC_LOGICAL_H

#include <aprof/types.h>

#include "report/load/profile.h"
#include "report/symbols/symbols.h"

/* What one step of a logical stack is. */
enum step_kind {
	STEP_ASYNC, /* async fn, block or closure: its body */
	STEP_FUTURE, /* a hand-written future's poll that no table names */
	STEP_SYNC, /* user code, std and libraries below or between bodies */
	STEP_OWNER, /* "[tokio]": glue below the last user frame, by its owner */
	STEP_KERNEL,
	STEP_THREAD, /* root of a stack with no async body: the thread's name */
	STEP_END, /* "[truncated]" and the like */
	STEP_GLUE, /* only with show_glue */
};

/* How true a step's site is. */
enum site_mark {
	SITE_SURE,
	SITE_MACRO, /* a macro's line, not the user's */
	SITE_NEAR, /* where what is awaited ends: the `.await` is there, or some lines below */
};

/* How a chain is known. */
enum certainty {
	CERTAIN_DWARF,
	CERTAIN_SYMBOLS, /* inlined functions are not known: names end in _[?] */
	CERTAIN_ADDRESSES,
};

struct step {
	u32 name; /* id of the logical name (logical_name()) */
	u32 function; /* id in symbols; NO_ID for STEP_OWNER, STEP_THREAD, STEP_END */
	const char *site_file; /* NULL if unknown */
	u32 site_line; /* async steps: where this body awaits the next one; else line of the call; 0 unknown */
	u8 kind; /* enum step_kind */
	u8 site_mark; /* enum site_mark */
	bool unsure;
};

struct logical_stack {
	const struct step *steps; /* root first */
	u32 count;
	bool is_task; /* the first step is a task root (an async body) */
	bool complete; /* reached a boundary or the thread's start */
	bool unsure; /* any step is unsure */
	bool restored; /* a function that left by a tail call was put back */
	u8 certainty; /* enum certainty */
};

struct logical_options {
	struct crew *crew; /* that names functions, and maps stacks ahead; NULL: the caller */
	bool ahead; /* most stacks will be asked for: all are mapped at once, where threads can */
	bool show_glue;
	bool physical; /* steps are the source frames as unwound, with inlines */
	bool without_sites; /* nobody looks at step->site_*: saves finding and reading the sources */
	const char *const *hide; /* regexes; NULL-terminated or NULL */
	const char *only_crate;
	const char *skip_above; /* function: what is outside of its outermost call is left out */
};

struct logical;

ERR_MUST_CHECK struct err *logical_new(struct logical **out, const struct profile *profile,
				       const struct symbols *symbols,
				       const struct logical_options *options);
void logical_free(struct logical *logical);

/*
 * The logical stack of a physical one as seen from a thread (its name may be the root). Mapped on
 * first use and remembered. Valid until logical_free(). `stack` NO_ID is an empty stack.
 */
const struct logical_stack *logical_map(struct logical *logical, u32 stack, u32 thread);
const char *logical_name(const struct logical *logical, u32 name);
/* What a function is called where stacks are shown as unwound. */
const char *logical_function_name(struct logical *logical, u32 function);

#endif
