/* Threads, processes and mappings kept up to date from the kernel's records. */
#include "profiler/process/processes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <aprof/alloc.h>
#include <aprof/text.h>

#include "profiler/process/processes_private.h"
#include "profiler/process/space_edit.h"

struct processes *processes_new(struct modules *modules, const struct processes_options *options)
{
	struct processes *processes = xzalloc(sizeof *processes);

	processes->modules = modules;
	processes->options = *options;
	return processes;
}

void processes_free(struct processes *processes)
{
	if (!processes)
		return;
	tasks_release(&processes->tasks);
	free(processes);
}

void thread_set_comm(struct thread *thread, const char *comm)
{
	if (strncmp(thread->comm, comm, COMM_SIZE - 1) != 0)
		thread->name_id = NO_ID;
	snprintf(thread->comm, sizeof thread->comm, "%s", comm);
	if (thread->tid == thread->process->pid)
		memcpy(thread->process->comm, thread->comm, sizeof thread->comm);
}

void processes_add_child(struct processes *processes, u32 pid)
{
	tasks_get(&processes->tasks, pid, pid)->until_exec = true;
}

/* What a path in a mapping says of the thing that is mapped. */
static enum module_kind kind_of(const char *path)
{
	/* "[vdso]"; "//anon", "[heap]", "[stack]" and memfds without a name are where JITs write. */
	if (strcmp(path, "[vdso]") == 0)
		return MODULE_VDSO;
	if (path[0] == '/' && path[1] != '/' && !starts_with(path, "/memfd:") &&
	    !starts_with(path, "/dev/zero") && !starts_with(path, "/SYSV"))
		return MODULE_FILE;
	return MODULE_JIT;
}

void process_map(struct processes *processes, struct process *process,
		 const struct mmap_record *record)
{
	char jit[32];
	struct mapping map = {
		.start = record->start,
		.end = record->start + record->len,
		.offset = record->offset,
		.prot = record->prot,
	};
	struct module module = {
		.kind = kind_of(record->path),
		.path = record->path,
		.build_id = record->build_id,
		.inode = record->inode,
		.dev_major = record->maj,
		.dev_minor = record->min,
		.pid = processes->options.imported ? 0 : process->pid,
		.map_start = record->start,
		.map_end = record->start + record->len,
	};

	if (map.end < map.start)
		return;
	if (module.kind == MODULE_JIT) {
		snprintf(jit, sizeof jit, "[jit %u]", process->pid);
		module.path = jit;
		module.build_id.size = 0;
		module.inode = 0;
		module.dev_major = module.dev_minor = 0;
		map.offset = map.start;
	} else if (module.kind == MODULE_VDSO) {
		/* pgoff of the vdso is its address in some kernels: its image starts at the mapping. */
		map.offset = 0;
		module.inode = 0;
		module.dev_major = module.dev_minor = 0;
	}
	map.module = modules_add(processes->modules, &module);
	space_replace(&process->space, &map);
}

/* The thread a record speaks of; system-wide, one whose FORK was lost is made up. */
static struct thread *known(struct processes *processes, u32 pid, u32 tid)
{
	struct thread *thread = tasks_find(&processes->tasks, tid);

	if (!thread && processes->options.everything) {
		thread = tasks_get(&processes->tasks, pid, tid);
		thread->mine = true;
	}
	return thread;
}

static void on_mmap(struct processes *processes, const struct record *record)
{
	const struct mmap_record *m = &record->mmap;
	struct thread *thread;

	if (m->is_kernel || !(m->prot & PROT_EXEC))
		return;
	thread = known(processes, m->pid, m->tid);
	if (thread && (thread->mine || thread->until_exec))
		process_map(processes, thread->process, m);
}

/* After exec nothing of the old image is left. perf reports it as COMM with a flag (3.16). */
static void on_exec(struct thread *thread)
{
	space_put(thread->process->space);
	thread->process->space = space_new();
	if (thread->until_exec) {
		thread->until_exec = false;
		thread->mine = true;
	}
}

static void on_comm(struct processes *processes, const struct record *record)
{
	const struct comm_record *c = &record->comm;
	struct thread *thread = known(processes, c->pid, c->tid);

	if (!thread)
		return;
	if (c->exec)
		on_exec(thread);
	thread_set_comm(thread, c->comm);
}

static void on_fork(struct processes *processes, const struct record *record)
{
	const struct task_record *f = &record->task;
	struct thread *parent = tasks_find(&processes->tasks, f->ptid);
	struct thread *child;
	bool mine = processes->options.everything;

	/* A damaged recording: no task is its own parent, and the child would take its place. */
	if (f->tid == f->ptid)
		return;
	if (parent)
		mine |= parent->mine && !processes->options.no_inherit;
	if (!mine) {
		/* A stranger may have the id of one of mine that is dead. */
		tasks_forget(&processes->tasks, f->tid);
		return;
	}
	child = tasks_get(&processes->tasks, f->pid, f->tid);
	child->mine = true;
	if (!parent)
		return;
	memcpy(child->comm, parent->comm, sizeof child->comm);
	if (child->process == parent->process)
		return;
	memcpy(child->process->comm, parent->comm, sizeof child->comm);
	space_put(child->process->space);
	child->process->space = space_get(parent->process->space);
}

static void on_task_exit(struct processes *processes, const struct record *record)
{
	struct thread *thread = tasks_find(&processes->tasks, record->task.tid);

	if (thread)
		tasks_bury(&processes->tasks, thread);
}

void processes_apply(struct processes *processes, const struct record *record)
{
	switch (record->type) {
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		on_mmap(processes, record);
		break;
	case PERF_RECORD_COMM:
		on_comm(processes, record);
		break;
	case PERF_RECORD_FORK:
		on_fork(processes, record);
		break;
	case PERF_RECORD_EXIT:
		on_task_exit(processes, record);
		break;
	default:
		break;
	}
}

struct thread *processes_thread(struct processes *processes, u32 pid, u32 tid)
{
	struct thread *thread = tasks_find(&processes->tasks, tid);

	if (thread && thread->process->pid != pid && !processes->options.everything)
		return NULL;
	if (!thread || thread->process->pid != pid) {
		/* Its FORK was lost, or it is the idle task: no name and no mappings, but counted. */
		if (!processes->options.everything)
			return NULL;
		thread = tasks_get(&processes->tasks, pid, tid);
		snprintf(thread->comm, sizeof thread->comm, pid ? ":%u" : "swapper", tid);
		thread->mine = true;
	}
	return thread->mine || processes->options.everything ? thread : NULL;
}

bool processes_know(const struct processes *processes, u32 pid, u32 tid)
{
	return processes->options.everything || tasks_find(&processes->tasks, tid) ||
	       tasks_process(&processes->tasks, pid);
}
