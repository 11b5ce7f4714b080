/* Who runs first when every CPU is busy: the thread that drains the rings. */
#ifndef APROF_SESSION_PRIORITY_H
#define APROF_SESSION_PRIORITY_H

#include <aprof/types.h>

/*
 * Raises the calling thread above ordinary ones as far as it may; threads and processes that it
 * starts afterwards are ordinary again. With `realtime` it is put above all ordinary work
 * (SCHED_FIFO, needs CAP_SYS_NICE or an RLIMIT_RTPRIO); a refusal is a notice.
 */
void priority_raise(bool realtime);

/* Raises the other threads as far, of a recording whose target has ended: they disturb it no more,
   and what they still do is waited for. */
void priority_raise_threads(void);

#endif
