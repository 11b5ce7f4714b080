/* Debug files from a server, through libdebuginfod where it is installed. */
#ifndef APROF_BINARY_DEBUGINFOD_H
#define APROF_BINARY_DEBUGINFOD_H

#include <aprof/binary.h>

/* *out is NULL where DEBUGINFOD_URLS is not set, the library is missing, or no server has it. */
ERR_MUST_CHECK struct err *debuginfod_find(const struct binary *bin, struct binary **out);

#endif
