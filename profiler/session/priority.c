/* Who runs first when every CPU is busy: the thread that drains the rings. */
#include "profiler/session/priority.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <aprof/err.h>

/* The lowest of SCHED_FIFO is above all that is not real-time. */
#define FIFO_PRIORITY 1

/*
 * It uses a few per cent of one CPU in short pieces, and what it does not drain in time is lost: 8 MiB
 * hold 13 ms of full copies at 10 kHz, and an ordinary thread waits longer than that for its turn
 * among a dozen others.
 */
#define NICE -19

void priority_raise(bool realtime)
{
	struct sched_param fifo = { .sched_priority = FIFO_PRIORITY }, other = { 0 };

	if (realtime) {
		if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &fifo) == 0)
			return;
		notice("no right to real-time priority (%s): 'ulimit -r' or CAP_SYS_NICE gives it",
		       strerror(errno));
	}
	/* With the flag, so that a negative nice value is not inherited (sched(7)). */
	if (sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &other) == 0)
		setpriority(PRIO_PROCESS, 0, NICE);
}

void priority_raise_threads(void)
{
	int policy = sched_getscheduler(0), nice = getpriority(PRIO_PROCESS, 0);
	struct sched_param param;
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;

	sched_getparam(0, &param);
	while (dir && (entry = readdir(dir))) {
		id_t thread = (id_t)strtoul(entry->d_name, NULL, 10);

		if (!thread)
			continue;
		sched_setscheduler((pid_t)thread, policy, &param);
		setpriority(PRIO_PROCESS, thread, nice);
	}
	if (dir)
		closedir(dir);
}
