/* The life of a recording: open, launch or attach, drain, stop, end. */
#include "profiler/session/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <aprof/cleanup.h>

#include "profiler/perf/cpu.h"
#include "profiler/session/launch.h"
#include "profiler/session/meta.h"
#include "profiler/session/output.h"
#include "profiler/session/priority.h"
#include "profiler/session/session_private.h"
#include "profiler/session/status.h"
#include "profiler/session/strangers.h"
#include "profiler/session/target.h"

u64 session_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

/* Signals become readable events, so that none can cut a chunk in two. */
static struct err *take_signals(struct session *s)
{
	static const int taken[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		sigaddset(&set, taken[i]);
	if (sigprocmask(SIG_BLOCK, &set, &s->old_signals) < 0)
		return err_os(errno, "sigprocmask");
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals < 0 ? err_os(errno, "signalfd") : NULL;
}

static struct err *open_sampler(struct session *s)
{
	struct sampler_options sampling = s->options->sampling;
	u32 child;

	if (s->options->command) {
		child = (u32)s->child.pid;
		sampling.tids = &child;
		sampling.tid_count = 1;
		sampling.enable_on_exec = !s->options->delay_ns;
		return sampler_open(&s->sampler, &sampling);
	}
	return target_open(s, &sampling);
}

static struct err *open_pipeline(struct session *s)
{
	char cpu_id[96];
	const struct pipeline_options options = {
		.processes = s->processes,
		.modules = s->modules,
		.kernel = s->kernel,
		.store = s->store,
	};

	TRY(pipeline_new(&s->pipeline, &options));
	pipeline_set_cpu(s->pipeline, sampler_branch_depth(s->sampler),
			 cpu_id_here(cpu_id, sizeof cpu_id) ? cpu_id : NULL);
	return NULL;
}

static struct err *open_store(struct session *s)
{
	int fd = s->output.fd;

	s->output.fd = -1;
	TRY(store_open(&s->store, fd, s->output.path));
	session_write_meta(s);
	return NULL;
}

static struct err *prepare(struct session *s)
{
	const struct session_options *o = s->options;

	TRY(take_signals(s));
	TRY(output_open(&s->output, o->output));
	if (o->command) {
		TRY(child_start(&s->child, o->command,
				&(struct launch_options){ s->output.is_stdout, &s->old_signals }));
		processes_add_child(s->processes, (u32)s->child.pid);
	}
	priority_raise(o->realtime); /* behind the fork: the target does not see it */
	TRY(open_sampler(s));
	TRY(open_store(s));
	return open_pipeline(s);
}

static void handle_record(void *arg, const struct record *record)
{
	struct session *s = arg;

	pipeline_record(s->pipeline, record);
	strangers_record(s, record);
}

static void drain(struct session *s, bool final)
{
	sampler_drain(s->sampler, final, handle_record, s);
	if (final)
		pipeline_finish(s->pipeline);
	else
		pipeline_retry(s->pipeline);
	store_flush(s->store, session_now());
}

static void drain_meanwhile(void *arg)
{
	drain(arg, false);
}

/* The first sample of a launched target is of its own code: events start at its exec. */
static struct err *start(struct session *s)
{
	strangers_look(s);
	s->started = session_now();
	if (!s->options->delay_ns)
		TRY(sampler_enable(s->sampler));
	s->enabled = !s->options->delay_ns;
	if (!s->options->command)
		return NULL;
	return child_go(&s->child, s->options->command[0], drain_meanwhile, s);
}

/* Only events of tasks make it pay for its switches. */
static void look_at_target(struct session *s)
{
	if (!s->options->command && !sampler_is_cpu_wide(s->sampler))
		switches_look(&s->switches, s->options, session_now(),
			      pipeline_quality(s->pipeline)->samples);
}

/*
 * A signal from the terminal reached the target too; one that was sent to us alone is passed on.
 * Either way sampling ends here, and what the target still does is its own affair.
 */
static void read_signals(struct session *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		s->stop_signal = (int)info.ssi_signo;
		if (s->options->command && info.ssi_code != SI_KERNEL && !s->child.ended)
			kill(s->child.pid, s->stop_signal);
	}
	child_poll(&s->child);
}

/* Time until something is due: the status line, the end of the delay or of the recording. */
static int next_timeout(const struct session *s)
{
	u64 now = session_now() - s->started;
	u64 due = NSEC_PER_SEC / 4;

	if (!s->enabled)
		due = u64_min(due, s->options->delay_ns > now ? s->options->delay_ns - now : 0);
	if (s->options->duration_ns)
		due = u64_min(due, s->end > now ? s->end - now : 0);
	return (int)((due + 999999) / 1000000);
}

static bool is_over(struct session *s)
{
	if (s->stop_signal || store_failed(s->store))
		return true;
	if (s->options->command)
		return s->child.ended;
	return s->options->duration_ns && session_now() - s->started >= s->end;
}

static struct err *record(struct session *s)
{
	struct pollfd extra[] = {
		{ .fd = s->signals, .events = POLLIN },
		{ .fd = pipeline_fd(s->pipeline), .events = POLLIN },
		{ .fd = s->target_fd, .events = POLLIN },
	};

	s->end = s->options->delay_ns + s->options->duration_ns;
	while (!is_over(s)) {
		u64 since;

		sampler_poll(s->sampler, next_timeout(s), extra, ARRAY_LEN(extra));
		read_signals(s);
		if (is_over(s))
			break; /* the rest is drained at the end */
		since = session_now() - s->started;
		if (!s->enabled && since >= s->options->delay_ns) {
			TRY(sampler_enable(s->sampler));
			s->enabled = true;
		}
		drain(s, false);
		depth_look(s);
		look_at_target(s);
		status_show(s, false);
		if (s->options->duration_ns && since >= s->end)
			break;
		if (!s->options->command && target_ended(s))
			break;
	}
	return NULL;
}

/* The target that we launched may outlive the recording: its exit status is ours, so we wait. */
static void await_child(struct session *s, int *status)
{
	sigset_t none;

	if (!s->options->command)
		return;
	if (!s->child.ended && s->options->duration_ns && !s->stop_signal) {
		notice("the time is over: ending %s with SIGTERM", s->options->command[0]);
		kill(s->child.pid, SIGTERM);
	}
	child_poll(&s->child);
	if (!s->child.ended) {
		/* A second Ctrl-C ends aprof, as it would any program: the file is closed already. */
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		child_wait(&s->child);
	}
	*status = child_exit_status(&s->child);
}

static struct err *finish(struct session *s)
{
	struct err *err;

	if (s->options->command && s->child.ended)
		priority_raise_threads();
	sampler_disable(s->sampler);
	s->stopped = session_now();
	s->switches.next_look = 0;
	look_at_target(s);
	drain(s, true);
	session_write_end(s);
	s->quality = *pipeline_quality(s->pipeline);
	err = store_close(s->store, &s->written);
	s->store = NULL;
	status_show(s, true);
	return err;
}

static struct err *run(struct session *s, int *status)
{
	struct err *err = prepare(s);

	if (!err)
		err = start(s);
	if (err) {
		child_cancel(&s->child);
		if (s->store)
			err_free(store_close(s->store, NULL));
		s->store = NULL;
		output_discard(&s->output);
		return err;
	}
	err = record(s);
	if (err) {
		err_free(finish(s));
	} else {
		err = finish(s);
		status_summary(s, err);
	}
	await_child(s, status);
	return err;
}

static void release(struct session *s)
{
	pipeline_free(s->pipeline);
	sampler_close(s->sampler);
	kernel_free(s->kernel);
	processes_free(s->processes);
	modules_free(s->modules);
	output_release(&s->output);
	target_release(s);
	strangers_release(s);
	if (s->signals >= 0)
		close(s->signals);
}

struct err *session_run(const struct session_options *options, int *status)
{
	struct session s = { .options = options, .signals = -1, .target_fd = -1, .output.fd = -1 };
	struct err *err;

	s.modules = modules_new();
	s.kernel = kernel_new(KERNEL_SYMBOLS);
	s.processes = processes_new(s.modules, &(struct processes_options){
						       .everything = options->sampling.system_wide,
						       .no_inherit = options->sampling.no_inherit,
					       });
	err = run(&s, status);
	release(&s);
	return err;
}
