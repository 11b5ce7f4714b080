/* Recordings of perf for commands that read profiles: imported into memory. */
#include <aprof/foreign.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <aprof/cleanup.h>

#include "profiler/import/import.h"

struct err *foreign_open(const char *path, int *fd)
{
	AUTO_CLOSE int in = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_CLOSE int keep = -1;
	struct import_result result;
	struct err *err;
	int out;

	*fd = -1;
	if (in < 0 || !import_is_perfdata(in))
		return NULL;
	out = memfd_create("aprof.data", MFD_CLOEXEC);
	keep = out < 0 ? -1 : fcntl(out, F_DUPFD_CLOEXEC, 0);
	if (keep < 0)
		return err_os(errno, "no memory for the profile of '%s'", path);
	err = import_perfdata(in, path, out, path, &result);
	if (result.problem)
		notice("%s: %s", path, result.problem);
	free(result.problem);
	if (err)
		return err;
	if (lseek(keep, 0, SEEK_SET) < 0)
		return err_os(errno, "cannot read the profile of '%s'", path);
	*fd = TAKE_FD(keep);
	return NULL;
}
