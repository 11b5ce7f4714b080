/* A profile described for people: where it comes from, what is in it, and what went wrong. */
#ifndef APROF_VIEW_INFO_H
#define APROF_VIEW_INFO_H

#include <stdio.h>

#include <aprof/err.h>

#include "report/load/profile.h"

struct info {
	struct profile *profile;
	char *path;
	u64 *event_rows; /* by event */
	u64 *thread_rows;
	u64 *module_frames;
	bool *stack_seen;
	u64 stacks; /* distinct ones */
};

/* Counts what the rows say. path NULL: aprof.data. */
ERR_MUST_CHECK struct err *info_open(struct info *info, const char *path);
void info_close(struct info *info);

/* Within 80 columns, where words allow. */
void info_print(const struct info *info, FILE *out);
/* Every module, thread and fact. */
void info_print_all(const struct info *info, FILE *out);

#endif
