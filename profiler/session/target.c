/* Attached processes and threads: their list, their mappings, their end. */
#include "profiler/session/target.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <aprof/cleanup.h>

/* A process that makes threads faster than we list them is sampled as far as we got. */
#define ATTACH_ROUNDS 10

static void thread_ids_release(struct thread_ids *ids)
{
	vec_release(ids);
}

static void all_threads(const struct session_options *o, struct thread_ids *out)
{
	CLEANUP(thread_ids_release) struct thread_ids of_one = { 0 };

	out->len = 0;
	vec_append(out, o->tids.data, o->tids.len);
	vec_each(&o->pids, pid) {
		process_thread_ids(*pid, &of_one);
		vec_append(out, of_one.data, of_one.len);
	}
}

/* Threads that were born while the others were opened, until there are no more of them. */
static struct err *open_threads(struct session *s, struct sampler_options *sampling)
{
	CLEANUP(thread_ids_release) struct thread_ids tids = { 0 };
	size_t before;

	all_threads(s->options, &tids);
	sampling->tids = tids.data;
	sampling->tid_count = tids.len;
	TRY(sampler_open(&s->sampler, sampling));
	for (u32 round = 0; round < ATTACH_ROUNDS; round++) {
		before = tids.len;
		all_threads(s->options, &tids);
		if (tids.len == before)
			return NULL;
		TRY(sampler_attach(s->sampler, tids.data, tids.len));
	}
	return NULL;
}

static struct err *watch(struct session *s, u32 pid)
{
	/* Linux 5.3; the C library of older distributions has no wrapper. */
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return errno == ESRCH ? err_new("there is no process %u", pid) :
					err_os(errno, "process %u", pid);
	*vec_push(&s->pidfds) = fd;
	s->target_fd = s->pidfds.data[0];
	return NULL;
}

struct err *target_open(struct session *s, struct sampler_options *sampling)
{
	const struct session_options *o = s->options;

	if (sampling->system_wide) {
		TRY(sampler_open(&s->sampler, sampling));
		processes_attach_all(s->processes);
		return NULL;
	}
	/* First, so that a wrong id is told as such. */
	vec_each(&o->pids, pid) TRY(watch(s, *pid));
	vec_each(&o->tids, tid) if (kill((pid_t)*tid, 0) < 0 && errno == ESRCH)
		return err_new("there is no thread %u", *tid);
	TRY(open_threads(s, sampling));
	/* Behind the opening: a mapping made in between is in the ring, in both, but never in none. */
	vec_each(&o->pids, pid) TRY(processes_attach(s->processes, *pid));
	vec_each(&o->tids, tid) TRY(processes_attach_thread(s->processes, *tid));
	return NULL;
}

bool target_ended(const struct session *s)
{
	if (s->options->sampling.system_wide)
		return false;
	vec_each(&s->pidfds, fd) {
		struct pollfd pfd = { .fd = *fd, .events = POLLIN };

		if (poll(&pfd, 1, 0) == 0)
			return false;
	}
	vec_each(&s->options->tids, tid) {
		if (kill((pid_t)*tid, 0) == 0 || errno != ESRCH)
			return false;
	}
	return true;
}

void target_release(struct session *s)
{
	vec_each(&s->pidfds, fd)
		close(*fd);
	vec_release(&s->pidfds);
}
