/*
 * What the mapper knows of other people's crates: three tables, one file each.
 *
 * A row's path stands for the function of that key (name.h) and for all below it: "tokio::runtime"
 * covers "tokio::runtime::task::core::Core::poll::{closure}". The longest row wins, whatever table
 * it is in. A new library needs a row here and one in tests/unit/test_tables.c, and nothing else.
 */
#ifndef APROF_ASYNC_TABLES_H
#define APROF_ASYNC_TABLES_H

#include <aprof/types.h>

/* What a function is to a logical chain. */
enum role {
	ROLE_USER, /* no table names it: shown */
	ROLE_STD, /* core, alloc, std: shown where the user's code calls it, hidden between bodies */
	ROLE_FOREIGN, /* not Rust: belongs to who calls it */
	ROLE_BODY, /* the code of an async fn, block or closure */
	ROLE_FUTURE, /* a hand-written future's poll */
	ROLE_DROP, /* drop glue: what is below it is not awaited */
	ROLE_SHIM, /* calls a closure, and is nothing by itself: never shown, hides nothing */
	ROLE_GLUE, /* between bodies: a combinator, an adapter; hidden with the std code below it */
	ROLE_POLL_FN, /* glue whose closure is a macro's: join!, select! */
	ROLE_INSTRUMENTED, /* glue between `f` and the block that #[instrument] makes of it */
	ROLE_FRAMEWORK, /* glue of a crate whose own bodies are glue too */
	ROLE_RUNTIME, /* an executor, its own bodies included */
	ROLE_BLOCK_ON, /* a runtime that drives a future on this stack */
	ROLE_SPAWN, /* a runtime that polls a task it owns */
	ROLE_BLOCKING, /* a runtime that calls a closure on a thread for blocking work */
	ROLE_KERNEL,
	ROLE_END, /* an early end of the stack */
};

struct pattern {
	const char *path;
	u8 role; /* enum role */
};

struct owner {
	const char *crate;
	const char *label; /* "[tokio]"; NULL for ROLE_STD */
	u8 role; /* of what has no row elsewhere: ROLE_GLUE, ROLE_FRAMEWORK, ROLE_RUNTIME, ROLE_STD */
};

extern const struct pattern glue_patterns[];
extern const size_t glue_pattern_count;
extern const struct pattern runtime_patterns[];
extern const size_t runtime_pattern_count;
extern const struct owner owners[];
extern const size_t owner_count;

/* How threads begin, for stacks without a task. A row "=NAME" stands for that symbol alone. */
extern const char *const start_patterns[];
extern const size_t start_pattern_count;

/* Does a row's path cover the key? */
bool pattern_covers(const char *path, const char *key);
/* The row for a key, NULL if there is none. */
const struct pattern *pattern_find(const char *key);
/* The owner of a key's crate, NULL if it has none. */
const struct owner *owner_find(const char *key);
bool is_thread_start(const char *key);
bool is_standard_library(const char *key);

#endif
