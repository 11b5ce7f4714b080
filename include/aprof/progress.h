/* A line on the terminal for what takes more than a second; nothing anywhere else. */
#ifndef APROF_PROGRESS_H
#define APROF_PROGRESS_H

#include <aprof/types.h>

struct progress {
	const char *what; /* "Reading symbols" */
	u64 total; /* 0: unknown */
	u64 started_ns;
	u64 shown_ns;
	bool terminal;
};

void progress_start(struct progress *p, const char *what, u64 total);
/* Cheap enough for every item: shows at most ten times a second, and only from the second second. */
void progress_at(struct progress *p, u64 done);
/* Erases the line. */
void progress_end(struct progress *p);

#endif
