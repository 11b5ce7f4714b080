/* Captures samples with the profiler's own rooms; unwinds nothing. */
#include "tests/oracle/capture.h"

#include <signal.h>

#include <aprof/alloc.h>

#include "profiler/perf/sampler.h"
#include "profiler/process/processes.h"
#include "profiler/session/launch.h"

struct run {
	struct capture *capture;
	struct processes *processes;
};

static void keep(struct capture *c, const struct sample *s, struct space *space)
{
	struct taken *taken;

	if (c->samples.len >= c->max || !s->regs.valid || !s->stack_size)
		return;
	taken = vec_push(&c->samples);
	*taken = (struct taken){ .sample = *s, .space = space_get(space) };
	taken->sample.stack = xmemdup(s->stack, s->stack_size);
}

static void handle(void *arg, const struct record *record)
{
	struct run *run = arg;
	const struct sample *s = &record->sample;
	struct thread *thread;

	if (record->type != PERF_RECORD_SAMPLE) {
		processes_apply(run->processes, record);
		return;
	}
	thread = processes_thread(run->processes, s->pid, s->tid);
	if (thread && thread->process)
		keep(run->capture, s, thread->process->space);
}

static struct err *drain(struct run *run, struct sampler *sampler, struct child *child)
{
	TRY(sampler_enable(sampler));
	TRY(child_go(child, "the command", NULL, NULL));
	while (!child->ended && run->capture->samples.len < run->capture->max) {
		sampler_poll(sampler, 20, NULL, 0);
		sampler_drain(sampler, false, handle, run);
		child_poll(child);
	}
	sampler_disable(sampler);
	sampler_drain(sampler, true, handle, run);
	return NULL;
}

struct err *capture_run(struct capture *capture, char *const *argv)
{
	struct run run = { .capture = capture };
	struct sampler_options options = {
		.events = (const char *const[]){ "cpu-clock" },
		.event_count = 1,
		.freq = capture->freq,
		.stack_bytes = 65528,
		.tid_count = 1,
		.enable_on_exec = true,
	};
	struct sampler *sampler = NULL;
	struct child child = { 0 };
	u32 tid;
	struct err *err;

	capture->modules = modules_new();
	run.processes = processes_new(capture->modules, &(struct processes_options){ 0 });
	err = child_start(&child, argv, &(struct launch_options){ .stdout_to_stderr = true });
	if (!err) {
		tid = (u32)child.pid;
		options.tids = &tid;
		processes_add_child(run.processes, tid);
		err = sampler_open(&sampler, &options);
		if (!err)
			err = drain(&run, sampler, &child);
		if (err)
			child_cancel(&child);
		else if (!child.ended)
			kill(child.pid, SIGKILL);
		child_wait(&child);
		sampler_close(sampler);
	}
	processes_free(run.processes);
	return err;
}

void capture_release(struct capture *capture)
{
	vec_each(&capture->samples, it) {
		free((void *)it->sample.stack);
		space_put(it->space);
	}
	vec_release(&capture->samples);
	modules_free(capture->modules);
}
