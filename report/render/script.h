/* Samples one by one, as `perf script` prints them. */
#ifndef APROF_RENDER_SCRIPT_H
#define APROF_RENDER_SCRIPT_H

#include <stdio.h>

#include <aprof/err.h>
#include <aprof/text.h>
#include <aprof/vec.h>

#include "report/async/logical.h"
#include "report/load/profile.h"
#include "report/symbols/symbols.h"

enum script_field {
	SCRIPT_COMM = 1 << 0,
	SCRIPT_PID = 1 << 1,
	SCRIPT_TID = 1 << 2,
	SCRIPT_CPU = 1 << 3,
	SCRIPT_TIME = 1 << 4,
	SCRIPT_PERIOD = 1 << 5,
	SCRIPT_EVENT = 1 << 6,
	SCRIPT_IP = 1 << 7,
	SCRIPT_SYM = 1 << 8,
	SCRIPT_SYMOFF = 1 << 9,
	SCRIPT_DSO = 1 << 10,
	SCRIPT_BRSTACK = 1 << 11,
};

#define SCRIPT_DEFAULT_FIELDS (SCRIPT_BRSTACK - 1)

/* "comm,tid,ip" replaces *fields; "+brstack" and "-time,cpu" add to and take from it. ERR_USAGE. */
ERR_MUST_CHECK struct err *script_fields(const char *list, u32 *fields);

struct script {
	FILE *out;
	const struct profile *profile;
	const struct symbols *symbols; /* with places */
	struct logical *logical;
	u32 fields;
	bool logical_stacks; /* what `logical` maps to, not the stack as unwound */
	int event_width; /* of the longest name */
	char **frames; /* by frame id: its lines, made when it is first seen */
	struct text text; /* scratch */
};

void script_init(struct script *script);
void script_release(struct script *script);
void script_sample(struct script *script, const struct profile_row *row);

#endif
