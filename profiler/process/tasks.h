/* The tables behind processes.h: threads by tid and processes by pid. */
#ifndef APROF_PROCESS_TASKS_H
#define APROF_PROCESS_TASKS_H

#include <aprof/vec.h>

#include "profiler/process/processes.h"

#define TASK_BUCKETS 4096u

struct tasks {
	struct thread *threads[TASK_BUCKETS]; /* chains by tid */
	u32 count;
	/* Dead threads in order of death: samples of their last moments may still be on the way. */
	struct VEC(struct thread *) dead;
};

void tasks_release(struct tasks *tasks);

/* NULL if there is none. */
struct thread *tasks_find(const struct tasks *tasks, u32 tid);
/*
 * The thread `tid` of process `pid`, made if it is new. A thread of that tid that is dead, or of
 * another process, is forgotten: tids are used again. A new process starts with an empty space.
 */
struct thread *tasks_get(struct tasks *tasks, u32 pid, u32 tid);
/* A live thread of the process, or NULL. */
struct process *tasks_process(const struct tasks *tasks, u32 pid);

/* The thread has ended; it is remembered for a while. */
void tasks_bury(struct tasks *tasks, struct thread *thread);
/* The id means another thread now, one that is not of interest. */
void tasks_forget(struct tasks *tasks, u32 tid);

#endif
