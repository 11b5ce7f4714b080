/* A profile with the names that it needs: readable where the binaries are not. */
#ifndef APROF_SYMBOLS_PACK_H
#define APROF_SYMBOLS_PACK_H

#include <stdio.h>

#include <aprof/err.h>

#include "report/symbols/symbols.h"

struct pack_result {
	u64 places; /* that have names now */
	u64 unnamed; /* frames in modules with files of which nothing is known */
};

/* Copies the profile's chunks to `out`, with chunks of names before the last one. */
ERR_MUST_CHECK struct err *pack_write(FILE *out, const struct profile *profile,
				      const struct symbols *symbols, struct pack_result *result);

#endif
