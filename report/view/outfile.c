/* Writing a report's file beside its place first, then renaming it. */
#include "report/view/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/alloc.h>

/* In /tmp anyone may have put a link to one of our files where we are about to write. */
static struct err *check_place(const char *path, bool *in_place)
{
	struct stat st;

	*in_place = false;
	if (lstat(path, &st) < 0)
		return NULL;
	if (S_ISDIR(st.st_mode))
		return err_new("%s is a directory", path);
	if (S_ISLNK(st.st_mode) && st.st_uid != geteuid())
		return err_hint(err_new("%s is a symbolic link that another user owns", path),
				"remove it, or choose another file with -o");
	*in_place = !S_ISREG(st.st_mode);
	return NULL;
}

static struct err *open_in_place(struct outfile *out, const char *path)
{
	int fd = strcmp(path, "-") == 0 ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
					: open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		return err_os(errno, "cannot write %s", path);
	out->stream = fdopen(fd, "w");
	return NULL;
}

struct err *outfile_open(struct outfile *out, const char *path)
{
	bool in_place = true;
	int fd;

	*out = (struct outfile){ .path = path };
	if (strcmp(path, "-") != 0)
		TRY(check_place(path, &in_place));
	if (in_place)
		return open_in_place(out, path);
	out->temporary = xasprintf("%s.XXXXXX", path);
	fd = mkostemp(out->temporary, O_CLOEXEC);
	if (fd < 0) {
		struct err *err = err_os(errno, "cannot write %s", path);

		free(out->temporary);
		out->temporary = NULL;
		return err;
	}
	out->stream = fdopen(fd, "w");
	return NULL;
}

struct err *outfile_commit(struct outfile *out)
{
	bool failed = ferror(out->stream) != 0;
	struct err *err = NULL;

	errno = 0;
	if (fclose(out->stream) != 0)
		failed = true;
	out->stream = NULL;
	/* A reader of a pipe who has seen enough is no error. */
	if (failed && !(errno == EPIPE && !out->temporary))
		err = err_os(errno ? errno : EIO, "cannot write %s", out->path);
	else if (out->temporary && rename(out->temporary, out->path) < 0)
		err = err_os(errno, "cannot write %s", out->path);
	if (!err) {
		free(out->temporary);
		out->temporary = NULL;
	}
	outfile_discard(out);
	return err;
}

void outfile_discard(struct outfile *out)
{
	if (out->stream)
		fclose(out->stream);
	out->stream = NULL;
	if (out->temporary)
		unlink(out->temporary);
	free(out->temporary);
	out->temporary = NULL;
}

struct err *outfile_write(const char *path, outfile_writer *write, void *arg)
{
	struct outfile file;
	struct err *err;

	TRY(outfile_open(&file, path));
	err = write(arg, file.stream);
	if (!err)
		return outfile_commit(&file);
	outfile_discard(&file);
	return err;
}
