/* Any bytes as a recording of perf, all the way to a profile: it ends, and the profile can be read. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "profiler/import/import.h"
#include "report/load/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool count_row(void *arg, const struct profile_row *row)
{
	(void)row;
	++*(u64 *)arg;
	return true;
}

/* What was written is a whole profile, with a row for each sample that was counted. */
static void read_back(int fd, u64 samples)
{
	struct profile *profile;
	struct err *err = profile_open_fd(&profile, fd, "output");
	u64 rows = 0;

	if (!err) {
		err = profile_rows(profile, count_row, &rows);
		if (!profile->ended || profile->damaged_bytes || rows != samples)
			abort();
		profile_close(profile);
	}
	if (err)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int in = -1;
	struct import_result result;
	struct err *err;
	int out = memfd_create("output", MFD_CLOEXEC), keep = dup(out);

	notice_quiet(true);
	if (in < 0)
		in = memfd_create("input", MFD_CLOEXEC);
	if (in < 0 || keep < 0 || ftruncate(in, 0) || pwrite(in, bytes, size, 0) != (ssize_t)size ||
	    lseek(in, 0, SEEK_SET))
		abort();
	err = import_perfdata(in, "input", out, "output", &result);
	free(result.problem);
	if (err || lseek(keep, 0, SEEK_SET) < 0)
		close(keep);
	else
		read_back(keep, result.quality.samples);
	err_free(err);
	return 0;
}
