/*
 * Recordings of other profilers, read as profiles of our own.
 *
 * The half that reports asks, the half that records answers (profiler/foreign.c).
 */
#ifndef APROF_FOREIGN_H
#define APROF_FOREIGN_H

#include <aprof/err.h>

/*
 * If `path` is a recording that can be imported (perf.data), *fd is a profile made from it, in
 * memory and owned by the caller; -1 if it is anything else, which is no error.
 */
ERR_MUST_CHECK struct err *foreign_open(const char *path, int *fd);

#endif
