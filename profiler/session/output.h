/*
 * The file that a recording goes to: private, never through another user's symlink, and the
 * previous recording kept beside it.
 */
#ifndef APROF_SESSION_OUTPUT_H
#define APROF_SESSION_OUTPUT_H

#include <aprof/err.h>
#include <aprof/types.h>

struct output {
	const char *path;
	int fd; /* the store takes it over */
	bool is_stdout; /* "-": what the target prints must go elsewhere */
	bool created; /* a new regular file is at `path`, ours to remove */
	char *kept; /* where the previous one is now; NULL if there was none */
};

/*
 * Opens `path` for writing, mode 0600. A regular file that is there is kept as PATH.old. Errors: a
 * directory, a terminal for "-", a symlink of another user, no permission, no such folder.
 */
ERR_MUST_CHECK struct err *output_open(struct output *out, const char *path);

/* Nothing was recorded: removes the new file and puts the previous one back. */
void output_discard(struct output *out);
void output_release(struct output *out);

#endif
