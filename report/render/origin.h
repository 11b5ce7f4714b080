/* Whose code a function is, for colours and categories: the reader's own, a library's, glue's. */
#ifndef APROF_RENDER_ORIGIN_H
#define APROF_RENDER_ORIGIN_H

#include "report/load/profile.h"
#include "report/symbols/symbols.h"
#include "report/tree/labels.h"

enum origin {
	ORIGIN_ASYNC, /* an async body, or a hand-written future */
	ORIGIN_USER, /* sync code of the program's own */
	ORIGIN_LIBRARY, /* std, crates from a registry, C libraries */
	ORIGIN_GLUE, /* polls, combinators, runtimes */
	ORIGIN_KERNEL,
	ORIGIN_UNSURE,
	ORIGIN_OTHER, /* threads, early ends */
	ORIGIN_COUNT
};

/* What is known of functions; NULL pointers where nothing is. */
struct origins {
	const struct profile *profile;
	const struct symbols *symbols;
};

enum origin origin_of(const struct origins *known, const struct label *label, const char *name);
/* "async body", "library": for legends. */
const char *origin_text(enum origin origin);

#endif
