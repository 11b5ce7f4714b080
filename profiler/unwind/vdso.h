/* The vdso: a library that the kernel maps into every process, without a file. */
#ifndef APROF_UNWIND_VDSO_H
#define APROF_UNWIND_VDSO_H

#include <aprof/binary.h>
#include <aprof/err.h>

/* Our own is every 64-bit process's: the kernel has one image for them all. */
ERR_MUST_CHECK struct err *vdso_open(struct binary **out);

#endif
