/*
 * Who runs what where: threads, processes and their address spaces, as of the record being handled.
 *
 * Built from COMM, FORK, EXIT and MMAP2 records in time order, and from /proc for what ran before
 * the recording. "Is this mine" is asked here first: with events on whole CPUs every process of the
 * machine is seen, and only the target's tree is kept.
 */
#ifndef APROF_PROCESS_PROCESSES_H
#define APROF_PROCESS_PROCESSES_H

#include <aprof/err.h>
#include <aprof/types.h>
#include <aprof/vec.h>

#include "profiler/perf/sample.h"
#include "profiler/process/modules.h"
#include "profiler/process/space.h"

#define COMM_SIZE 16 /* TASK_COMM_LEN */

struct process {
	u32 pid;
	u32 threads; /* alive, or dead and not yet forgotten */
	struct space *space; /* one reference */
	char comm[COMM_SIZE]; /* of the main thread */
};

struct thread {
	u32 tid;
	u32 name_id; /* changes with the name: rows of different names are told apart; NO_ID: none yet */
	bool mine; /* its samples are kept */
	bool until_exec; /* becomes mine when it calls exec */
	bool dead;
	char comm[COMM_SIZE];
	struct process *process;
	struct thread *next; /* in its hash bucket */
};

struct processes;

struct processes_options {
	bool everything; /* system-wide: every thread is mine */
	bool no_inherit; /* tasks that mine create are not mine */
	bool imported; /* its ids are not those of processes that run now */
};

struct processes *processes_new(struct modules *modules, const struct processes_options *options);
void processes_free(struct processes *processes);

/* A child of ours that waits before its exec: it is mine from there on, with its children. */
void processes_add_child(struct processes *processes, u32 pid);

/*
 * A running process, or one thread of it, read from /proc: names and mappings. Reads files: not for
 * the drain loop. An error if it is not there.
 */
ERR_MUST_CHECK struct err *processes_attach(struct processes *processes, u32 pid);
ERR_MUST_CHECK struct err *processes_attach_thread(struct processes *processes, u32 tid);
/* The threads that a process has at this moment; none if it is gone. */
struct thread_ids VEC(u32);
void process_thread_ids(u32 pid, struct thread_ids *out);
/* Every process there is (system-wide). */
void processes_attach_all(struct processes *processes);

/* COMM, FORK, EXIT, MMAP, MMAP2; others are ignored. */
void processes_apply(struct processes *processes, const struct record *record);

/* The thread whose sample this is; NULL if it is not mine. */
struct thread *processes_thread(struct processes *processes, u32 pid, u32 tid);

/* The thread, or another one of its process, is or was the target's. */
bool processes_know(const struct processes *processes, u32 pid, u32 tid);

#endif
