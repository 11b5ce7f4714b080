/* The file to read: opened, refused where it cannot be a profile, copied if it cannot be sought in. */
#ifndef APROF_LOAD_INPUT_H
#define APROF_LOAD_INPUT_H

#include <aprof/err.h>

/* path "-" is stdin. */
ERR_MUST_CHECK struct err *input_open(const char *path, int *out_fd);
/* *fd is replaced by that of an unlinked temporary file if it is a pipe. */
ERR_MUST_CHECK struct err *input_seekable(int *fd, const char *name);
/* Why a file in which no chunk was found is not a profile. */
ERR_MUST_CHECK struct err *input_not_profile(int fd, const char *name);

#endif
