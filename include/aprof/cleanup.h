/* Scope guards: resources that release themselves when their variable leaves its scope. */
#ifndef APROF_CLEANUP_H
#define APROF_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(release) __attribute__((cleanup(release)))

static inline void cleanup_freep(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define AUTO_FREE CLEANUP(cleanup_freep)
#define AUTO_CLOSE CLEANUP(cleanup_closep)
#define AUTO_FCLOSE CLEANUP(cleanup_fclosep)

/* Hands a guarded pointer or descriptor over to the caller. */
#define TAKE_PTR(p)                         \
	({                                  \
		__typeof__(p) taken_ = (p); \
		(p) = NULL;                 \
		taken_;                     \
	})
#define TAKE_FD(fd)              \
	({                       \
		int taken_ = (fd); \
		(fd) = -1;       \
		taken_;          \
	})

#endif
