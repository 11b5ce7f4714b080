/*
 * A file that a report is written to: whole or not at all, private, and never through another
 * user's symbolic link.
 */
#ifndef APROF_VIEW_OUTFILE_H
#define APROF_VIEW_OUTFILE_H

#include <stdio.h>

#include <aprof/err.h>

struct outfile {
	const char *path;
	FILE *stream;
	char *temporary; /* beside `path`, until it is whole; NULL when written in place */
};

/* "-" is stdout; devices, pipes and own links are written through. Mode 0600. */
ERR_MUST_CHECK struct err *outfile_open(struct outfile *out, const char *path);

/* Everything is written: puts it in its place. The first write error comes here. */
ERR_MUST_CHECK struct err *outfile_commit(struct outfile *out);

/* All of it: what `write` gives to `out` is at `path` if it succeeds, and nowhere if it does not. */
typedef struct err *outfile_writer(void *arg, FILE *out);
ERR_MUST_CHECK struct err *outfile_write(const char *path, outfile_writer *write, void *arg);

/* Gives up; what was at `path` before stays. Harmless after a commit. */
void outfile_discard(struct outfile *out);

#endif
