/* What the two sources of processes (the kernel's records and /proc) share. */
#ifndef APROF_PROCESS_PROCESSES_PRIVATE_H
#define APROF_PROCESS_PROCESSES_PRIVATE_H

#include "profiler/process/processes.h"
#include "profiler/process/tasks.h"

struct processes {
	struct modules *modules;
	struct processes_options options;
	struct tasks tasks;
};

void thread_set_comm(struct thread *thread, const char *comm);
/* Puts an executable mapping into the process's space. */
void process_map(struct processes *processes, struct process *process,
		 const struct mmap_record *record);

#endif
