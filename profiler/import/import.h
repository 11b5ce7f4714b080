/*
 * A recording of perf to a profile: the same road as a live recording's, from the decoded record on.
 */
#ifndef APROF_IMPORT_IMPORT_H
#define APROF_IMPORT_IMPORT_H

#include <aprof/err.h>
#include <aprof/file.h>
#include <aprof/types.h>

struct import_result {
	u64 bytes; /* of the profile */
	struct file_quality quality;
	char *problem; /* what is wrong with the recording, owned by the caller; NULL: nothing */
	u64 malformed; /* records that could not be understood */
};

/*
 * Reads perf.data from `in`, from where it stands; `out` is taken over, also on failure. Binaries are
 * looked for under their recorded paths, and used if they are the recorded ones.
 */
ERR_MUST_CHECK struct err *import_perfdata(int in, const char *in_name, int out,
					   const char *out_name, struct import_result *result);

/* The file begins as one of perf's recordings does; nothing is consumed. */
bool import_is_perfdata(int fd);

#endif
