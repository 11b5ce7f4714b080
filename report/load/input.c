/* Files, pipes, and what is no profile at all. */
#include "report/load/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/types.h>

struct err *input_open(const char *path, int *out_fd)
{
	struct stat st;
	AUTO_CLOSE int fd = -1;

	if (!strcmp(path, "-"))
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	else
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return err_hint(err_new("there is no file %s", path),
				"aprof record -- COMMAND writes a profile to aprof.data");
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_os(errno, "cannot open %s", path);
	if (S_ISDIR(st.st_mode))
		return err_new("%s is a directory, not a profile", path);
	*out_fd = TAKE_FD(fd);
	return NULL;
}

/* On disk, since a profile may be larger than memory; in memory where there is no such place. */
static int temporary_file(void)
{
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : memfd_create("aprof", MFD_CLOEXEC);
}

static struct err *write_all(int fd, const u8 *at, size_t size)
{
	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_os(errno, "cannot write a temporary file");
		at += n;
		size -= (size_t)n;
	}
	return NULL;
}

#define COPY_BLOCK ((size_t)256 << 10)

static struct err *copy(int from, int to, const char *name)
{
	AUTO_FREE u8 *block = xmalloc(COPY_BLOCK);

	for (;;) {
		ssize_t n = read(from, block, COPY_BLOCK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_os(errno, "cannot read %s", name);
		if (n == 0)
			return NULL;
		TRY(write_all(to, block, (size_t)n));
	}
}

struct err *input_seekable(int *fd, const char *name)
{
	AUTO_CLOSE int to = -1;

	if (lseek(*fd, 0, SEEK_CUR) >= 0)
		return NULL;
	to = temporary_file();
	if (to < 0)
		return err_os(errno, "cannot make a temporary file for %s", name);
	TRY(copy(*fd, to, name));
	close(*fd);
	*fd = TAKE_FD(to);
	return NULL;
}

struct err *input_not_profile(int fd, const char *name)
{
	char start[8] = { 0 };
	ssize_t n = pread(fd, start, sizeof start, 0);

	if (n == 0)
		return err_hint(err_new("%s is empty", name),
				"the recording did not begin; aprof record says why");
	if (n == sizeof start && !memcmp(start, "PERFILE2", sizeof start))
		return err_hint(err_new("%s is a recording of perf, not a profile of aprof", name),
				"aprof import %s -o aprof.data makes one of it", name);
	return err_new("%s is not an aprof profile", name);
}
