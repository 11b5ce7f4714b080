/* Threads by tid; a process lives as long as one of its threads is remembered. */
#include "profiler/process/tasks.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "profiler/process/space_edit.h"

/* So many dead threads are remembered: a fork storm leaves no more than this behind. */
#define DEAD_KEPT 1024

static struct thread **bucket_of(struct tasks *tasks, u32 tid)
{
	return &tasks->threads[hash_u64(tid) % TASK_BUCKETS];
}

struct thread *tasks_find(const struct tasks *tasks, u32 tid)
{
	struct thread *t = tasks->threads[hash_u64(tid) % TASK_BUCKETS];

	while (t && t->tid != tid)
		t = t->next;
	return t;
}

static void process_put(struct process *p)
{
	if (--p->threads)
		return;
	space_put(p->space);
	free(p);
}

static void forget(struct tasks *tasks, struct thread *thread)
{
	struct thread **link = bucket_of(tasks, thread->tid);

	while (*link != thread)
		link = &(*link)->next;
	*link = thread->next;
	process_put(thread->process);
	free(thread);
	tasks->count--;
}

void tasks_forget(struct tasks *tasks, u32 tid)
{
	struct thread *thread = tasks_find(tasks, tid);
	size_t i = 0;

	if (!thread)
		return;
	while (i < tasks->dead.len && tasks->dead.data[i] != thread)
		i++;
	if (i < tasks->dead.len) {
		tasks->dead.len--;
		memmove(tasks->dead.data + i, tasks->dead.data + i + 1,
			(tasks->dead.len - i) * sizeof *tasks->dead.data);
	}
	forget(tasks, thread);
}

/*
 * The main thread leads to the process; when it has exited before the others (or was never seen),
 * any other thread does, and that one is found by a walk.
 */
struct process *tasks_process(const struct tasks *tasks, u32 pid)
{
	struct thread *main_thread = tasks_find(tasks, pid);

	if (main_thread && main_thread->process->pid == pid)
		return main_thread->process;
	for (u32 i = 0; i < TASK_BUCKETS; i++)
		for (struct thread *t = tasks->threads[i]; t; t = t->next)
			if (t->process->pid == pid && !t->dead)
				return t->process;
	return NULL;
}

static struct process *process_new(u32 pid)
{
	struct process *p = xzalloc(sizeof *p);

	p->pid = pid;
	p->space = space_new();
	return p;
}

struct thread *tasks_get(struct tasks *tasks, u32 pid, u32 tid)
{
	struct thread *t = tasks_find(tasks, tid);
	struct thread **bucket;

	if (t && t->process->pid == pid && !t->dead)
		return t;
	tasks_forget(tasks, tid);
	t = xzalloc(sizeof *t);
	t->tid = tid;
	t->name_id = NO_ID;
	t->process = tid == pid ? NULL : tasks_process(tasks, pid);
	if (!t->process)
		t->process = process_new(pid);
	t->process->threads++;
	bucket = bucket_of(tasks, tid);
	t->next = *bucket;
	*bucket = t;
	tasks->count++;
	return t;
}

void tasks_bury(struct tasks *tasks, struct thread *thread)
{
	if (thread->dead)
		return;
	thread->dead = true;
	*vec_push(&tasks->dead) = thread;
	if (tasks->dead.len > 2 * DEAD_KEPT) {
		for (size_t i = 0; i < DEAD_KEPT; i++)
			forget(tasks, tasks->dead.data[i]);
		memmove(tasks->dead.data, tasks->dead.data + DEAD_KEPT,
			(tasks->dead.len - DEAD_KEPT) * sizeof *tasks->dead.data);
		tasks->dead.len -= DEAD_KEPT;
	}
}

void tasks_release(struct tasks *tasks)
{
	for (u32 i = 0; i < TASK_BUCKETS; i++)
		while (tasks->threads[i])
			forget(tasks, tasks->threads[i]);
	vec_release(&tasks->dead);
}
