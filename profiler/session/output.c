/* Opening the recording's file with the care that a program run as root owes. */
#include "profiler/session/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/alloc.h>

static struct err *open_stdout(struct output *out)
{
	if (isatty(STDOUT_FILENO))
		return err_hint(err_usage("a profile is not for a terminal"),
				"redirect the output: aprof record -o - … > FILE");
	out->is_stdout = true;
	out->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return out->fd < 0 ? err_os(errno, "standard output") : NULL;
}

/* In /tmp anyone may have put a link to one of our files where we are about to write. */
static struct err *check_owner(const char *path, const struct stat *st)
{
	if (S_ISLNK(st->st_mode) && st->st_uid != geteuid())
		return err_hint(err_new("%s is a symbolic link that another user owns", path),
				"remove it, or choose another file with -o");
	return NULL;
}

static struct err *keep_previous(struct output *out)
{
	char *kept = xasprintf("%s.old", out->path);

	if (rename(out->path, kept) < 0) {
		struct err *err = err_os(errno, "cannot rename %s to %s", out->path, kept);

		free(kept);
		return err;
	}
	out->kept = kept;
	return NULL;
}

struct err *output_open(struct output *out, const char *path)
{
	int flags = O_WRONLY | O_CLOEXEC;
	struct stat st;
	bool there;

	*out = (struct output){ .path = path, .fd = -1 };
	if (strcmp(path, "-") == 0)
		return open_stdout(out);
	there = lstat(path, &st) == 0;
	if (there) {
		TRY(check_owner(path, &st));
		if (S_ISREG(st.st_mode)) {
			TRY(keep_previous(out));
			there = false;
		} else if (S_ISDIR(st.st_mode)) {
			return err_new("%s is a directory", path);
		}
	}
	/* A new file is made by us or not at all; a device, pipe or own link, which may lead to a file
	   that is not there yet, is written through. */
	flags |= there ? O_CREAT | O_TRUNC : O_CREAT | O_EXCL | O_NOFOLLOW;
	out->fd = open(path, flags, 0600);
	if (out->fd < 0) {
		struct err *err = err_os(errno, "cannot write %s", path);

		output_discard(out);
		return err;
	}
	out->created = !there;
	return NULL;
}

void output_discard(struct output *out)
{
	if (out->created)
		unlink(out->path);
	if (out->kept && rename(out->kept, out->path) < 0)
		notice("the previous recording is %s", out->kept);
	out->created = false;
	free(out->kept);
	out->kept = NULL;
}

void output_release(struct output *out)
{
	if (out->fd >= 0)
		close(out->fd);
	out->fd = -1;
	free(out->kept);
	out->kept = NULL;
}
