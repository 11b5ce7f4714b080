/* Records to rows: who handles which record, and the making of one stack. */
#include "profiler/session/pipeline.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/binary.h>
#include <aprof/cleanup.h>

#include "profiler/perf/cpu.h"
#include "profiler/process/jit.h"
#include "profiler/session/waiting.h"
#include "profiler/unwind/loader.h"
#include "profiler/unwind/unwind.h"
#include "profiler/unwind/vdso.h"

struct pipeline {
	struct pipeline_options options;
	struct loader *loader;
	struct unwinder *unwinder;
	struct waiting waiting;
	struct jit_names *jit;
	bool finishing;
	struct file_quality quality; /* what the store cannot count by itself */
	struct stack stack; /* of the sample at hand */
	struct VEC(struct store_branch) branches; /* of it, too */
	u32 kernel_module;
	u32 modules_told; /* ids below it were given to the store */
	u32 next_name; /* id of the next thread name */
};

/* Names that no file holds. A JIT's are known at the end only: its map grows while it runs. */
static const char *name_at(void *arg, u32 module, u64 offset, u64 *start)
{
	struct pipeline *p = arg;
	const struct module *m = modules_get(p->options.modules, module);
	const char *name;

	if (m->kind == MODULE_JIT)
		return p->finishing && !p->options.imported ? jit_name(p->jit, m->pid, offset, start) : NULL;
	if (!p->options.kernel || m->kind != MODULE_KERNEL)
		return NULL;
	name = kernel_name(p->options.kernel, offset + KERNEL_BASE, start);
	if (name)
		*start -= KERNEL_BASE;
	return name;
}

struct err *pipeline_new(struct pipeline **out, const struct pipeline_options *options)
{
	const struct module kernel = { .kind = MODULE_KERNEL, .path = "[kernel]" };
	struct pipeline *p = xzalloc(sizeof *p);
	struct err *err;

	p->options = *options;
	p->kernel_module = modules_add(options->modules, &kernel);
	err = loader_start(&p->loader, options->modules);
	if (err) {
		free(p);
		return err;
	}
	p->unwinder = unwinder_new(p->loader);
	p->jit = jit_names_new();
	store_set_names(options->store, name_at, p);
	*out = p;
	return NULL;
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	waiting_release(&p->waiting);
	vec_release(&p->branches);
	unwinder_free(p->unwinder);
	loader_stop(p->loader);
	jit_names_free(p->jit);
	free(p);
}

const struct file_quality *pipeline_quality(const struct pipeline *p)
{
	store_quality(p->options.store, &p->quality);
	return store_counts(p->options.store);
}

const struct unwind_stats *pipeline_stacks(const struct pipeline *p)
{
	return unwinder_stats(p->unwinder);
}

void pipeline_use_kernel(struct pipeline *p, struct kernel *kernel)
{
	p->options.kernel = kernel;
}

void pipeline_set_cpu(struct pipeline *p, u32 lbr_depth, const char *cpu_id)
{
	unwinder_set_lbr_depth(p->unwinder, lbr_depth);
	unwinder_set_event_registers(p->unwinder, cpu_id && cpu_has_event_registers(cpu_id));
}

int pipeline_fd(const struct pipeline *p)
{
	return loader_fd(p->loader);
}

/* The vdso has no file: its bytes go with the profile, so that its functions have names. */
static void tell_vdso(struct pipeline *p, u32 module)
{
	CLEANUP(binary_closep) struct binary *vdso = NULL;
	struct err *err = vdso_open(&vdso);
	struct bytes image;

	if (err) {
		err_free(err);
		return;
	}
	image = binary_bytes(vdso);
	store_image(p->options.store, module, image.at, bytes_left(&image));
}

/* The store knows each module before the first row that names it. */
static void tell_modules(struct pipeline *p)
{
	for (; p->modules_told < modules_count(p->options.modules); p->modules_told++) {
		const struct module *m = modules_get(p->options.modules, p->modules_told);

		store_module(p->options.store, m->id,
			     &(struct file_module){
				     .kind = m->kind,
				     .path = m->path,
				     .build_id = m->build_id,
			     });
		if (m->kind == MODULE_VDSO)
			tell_vdso(p, m->id);
	}
}

/* The id under which rows know this thread by its present name. */
static u32 name_id(struct pipeline *p, struct thread *thread)
{
	if (thread->name_id == NO_ID) {
		thread->name_id = p->next_name++;
		store_thread(p->options.store, thread->name_id,
			     &(struct file_thread){
				     .pid = thread->process->pid,
				     .tid = thread->tid,
				     .comm = thread->comm,
				     .process_comm = thread->process->comm,
			     });
	}
	return thread->name_id;
}

static struct frame branch_end(struct pipeline *p, const struct space *space, u64 address)
{
	const struct mapping *map = space_find(space, address);
	struct frame frame = { .offset = address, .module = NO_ID, .source = SOURCE_LBR };

	if (address >= KERNEL_BASE) {
		frame.offset = address - KERNEL_BASE;
		frame.module = p->kernel_module;
		frame.space = SPACE_KERNEL;
		if (p->options.kernel)
			kernel_want(p->options.kernel, address);
	} else if (map) {
		frame.offset = address - map->start + map->offset;
		frame.module = map->module;
	}
	return frame;
}

/* The last branches; calls that have not returned are the stack itself. */
static void take_branches(struct pipeline *p, const struct sample *s, const struct space *space)
{
	p->branches.len = 0;
	if (s->are_calls)
		return;
	for (u64 i = 0; i < s->branches_len; i++) {
		const struct perf_branch_entry *e = &s->branches[i];

		/* A register that no branch has filled yet. */
		if (!e->from && !e->to)
			continue;
		*vec_push(&p->branches) = (struct store_branch){
			.from = branch_end(p, space, e->from),
			.to = branch_end(p, space, e->to),
			.cycles = (u16)e->cycles,
			.flags = (u8)((e->mispred ? BRANCH_MISPREDICTED : 0) |
				      (e->predicted ? BRANCH_PREDICTED : 0) |
				      (e->in_tx ? BRANCH_IN_TX : 0) | (e->abort ? BRANCH_ABORT : 0)),
		};
	}
}

static void want_kernel_names(struct pipeline *p)
{
	const struct frame *frames = p->stack.frames;

	if (!p->options.kernel)
		return;
	for (u32 i = 0; i < p->stack.count; i++)
		if (frames[i].module == p->kernel_module)
			kernel_want(p->options.kernel, frames[i].offset + KERNEL_BASE -
							       (frames[i].lookup == LOOKUP_RETURN));
}

static void emit(struct pipeline *p, const struct sample *s, const struct space *space, u32 name)
{
	take_branches(p, s, space);
	want_kernel_names(p);
	tell_modules(p);
	store_row(p->options.store, &(struct store_row){
					    .time = s->time,
					    .weight = s->period,
					    .event = s->event,
					    .thread = name,
					    .cpu = s->cpu,
					    .frames = p->stack.frames,
					    .count = p->stack.count,
					    .branches = p->branches.data,
					    .branch_count = (u32)p->branches.len,
				    });
}

static bool has_user_chain(const struct sample *s)
{
	for (u64 i = 0; i < s->chain_len; i++)
		if (s->chain[i] == (u64)PERF_CONTEXT_USER)
			return true;
	return false;
}

/* The user's frames by the best that the sample has. */
static enum unwind_result user_frames(struct pipeline *p, const struct sample *s,
				      const struct space *space, bool final, u32 *wait_module)
{
	u32 from = p->stack.count;

	if (s->regs.asked) {
		if (!s->regs.valid && s->space != SPACE_USER)
			return UNWIND_DONE;
		if (unwind_precise(p->unwinder, s, space, final, &p->stack, wait_module) ==
		    UNWIND_WAIT)
			return UNWIND_WAIT;
		if (s->are_calls)
			unwind_continue(p->unwinder, s, space, from, &p->stack);
	} else if (s->are_calls) {
		unwind_calls(p->unwinder, s, space, &p->stack);
	} else if (has_user_chain(s)) {
		unwind_chain(s, space, &p->stack);
		unwind_settle(p->unwinder, s, space, from, &p->stack);
	} else if (s->space == SPACE_USER) {
		unwind_ip(s->ip, space, &p->stack);
	}
	return UNWIND_DONE;
}

static void kernel_frames(struct pipeline *p, const struct sample *s)
{
	unwind_kernel_chain(s, p->kernel_module, &p->stack);
	if (!p->stack.count) /* sampled without a chain */
		p->stack.frames[p->stack.count++] = (struct frame){
			.offset = s->ip - KERNEL_BASE,
			.module = p->kernel_module,
			.lookup = LOOKUP_IP,
			.space = SPACE_KERNEL,
			.source = SOURCE_KERNEL_CHAIN,
		};
	unwind_settle_kernel(s, &p->stack);
}

/* A virtual machine's code: nothing is known of it but the address. */
static void guest_frame(struct pipeline *p, const struct sample *s)
{
	const struct module guest = { .kind = MODULE_GUEST, .path = "[guest]" };

	p->stack.frames[p->stack.count++] = (struct frame){
		.offset = s->ip,
		.module = modules_add(p->options.modules, &guest),
		.lookup = LOOKUP_IP,
		.space = SPACE_GUEST,
	};
}

/* Kernel frames, then the user's. UNWIND_WAIT: nothing was emitted, *wait_module says for what. */
static enum unwind_result make_row(struct pipeline *p, const struct sample *s,
				   const struct space *space, u32 name, bool final,
				   u32 *wait_module)
{
	p->stack.count = 0;
	if (s->space == SPACE_GUEST)
		guest_frame(p, s);
	else if (s->space == SPACE_KERNEL)
		kernel_frames(p, s);
	if (s->space != SPACE_GUEST &&
	    user_frames(p, s, space, final, wait_module) == UNWIND_WAIT)
		return UNWIND_WAIT;
	emit(p, s, space, name);
	return UNWIND_DONE;
}

/* A table takes milliseconds; one that does not come at all must not hang the end. */
#define LAST_WAIT_MS 10000

/* Nothing is lost by waiting in a recording of the past. */
static void make_row_patiently(struct pipeline *p, const struct sample *s,
			       const struct space *space, u32 name)
{
	struct pollfd pfd = { .fd = loader_fd(p->loader), .events = POLLIN };
	u32 module = NO_ID;
	u64 events;

	while (make_row(p, s, space, name, false, &module) == UNWIND_WAIT) {
		if (poll(&pfd, 1, LAST_WAIT_MS) <= 0) {
			p->quality.dropped_late++;
			make_row(p, s, space, name, true, &module);
			return;
		}
		if (read(pfd.fd, &events, sizeof events) < 0)
			events = 0; /* another thread's news: looked at all the same */
	}
}

static void on_sample(struct pipeline *p, const struct sample *s)
{
	struct thread *thread = processes_thread(p->options.processes, s->pid, s->tid);
	u32 name, module = NO_ID;
	bool final;

	if (!thread)
		return;
	name = name_id(p, thread);
	if (p->options.imported) {
		make_row_patiently(p, s, thread->process->space, name);
		return;
	}
	final = waiting_is_full(&p->waiting);
	if (make_row(p, s, thread->process->space, name, final, &module) == UNWIND_WAIT)
		waiting_add(&p->waiting, s, thread->process->space, name, module);
	else if (final && p->waiting.count)
		p->quality.dropped_late++;
}

static void on_lost(struct pipeline *p, const struct record *r)
{
	if (r->lost.samples_only) {
		p->quality.lost_samples += r->lost.count;
		return;
	}
	p->quality.lost += r->lost.count;
	store_lost(p->options.store, r->time, r->cpu, r->lost.count);
}

void pipeline_record(struct pipeline *p, const struct record *r)
{
	switch (r->type) {
	case PERF_RECORD_SAMPLE:
		on_sample(p, &r->sample);
		break;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		on_lost(p, r);
		break;
	case PERF_RECORD_THROTTLE:
		p->quality.throttled++;
		break;
	default:
		if (r->type == PERF_RECORD_EXIT)
			unwinder_forget_thread(p->unwinder, r->task.tid);
		else if (r->type == PERF_RECORD_COMM && r->comm.exec)
			unwinder_forget_thread(p->unwinder, r->comm.tid);
		processes_apply(p->options.processes, r);
		break;
	}
}

/* One waiting sample again. True: its row is in the store. */
static bool try_again(struct pipeline *p, struct waiting_sample *w, bool final)
{
	const struct table *table;
	enum stop_reason why;

	if (!final && loader_state(p->loader, w->module, &table, &why) == LOADER_WAITING)
		return false;
	return make_row(p, &w->sample, w->space, w->name, final, &w->module) == UNWIND_DONE;
}

static void retry(struct pipeline *p, bool final)
{
	struct waiting_sample **link = &p->waiting.first;

	while (*link) {
		if (try_again(p, *link, final))
			waiting_remove(&p->waiting, link);
		else
			link = &(*link)->next;
	}
}

void pipeline_retry(struct pipeline *p)
{
	u64 events;

	if (read(loader_fd(p->loader), &events, sizeof events) < 0)
		events = 0; /* nothing was finished since; a waiting sample may still be ready */
	if (p->waiting.count)
		retry(p, false);
	if (p->options.kernel && !p->finishing)
		kernel_start_reading(p->options.kernel);
	store_quality(p->options.store, &p->quality);
}

static void wait_for_tables(struct pipeline *p)
{
	struct pollfd pfd = { .fd = loader_fd(p->loader), .events = POLLIN };

	pipeline_retry(p);
	while (p->waiting.count && poll(&pfd, 1, LAST_WAIT_MS) > 0)
		pipeline_retry(p);
	p->quality.dropped_late += p->waiting.count;
	retry(p, true);
}

static void tell_what_was_learned(void *arg, const struct loader_report *report)
{
	struct pipeline *p = arg;
	const struct module *m = report->module;

	store_module(p->options.store, m->id,
		     &(struct file_module){
			     .kind = m->kind,
			     .path = m->path,
			     .build_id = m->build_id.size ? m->build_id : report->build_id,
			     .problem = report->why,
		     });
}

void pipeline_finish(struct pipeline *p)
{
	p->finishing = true;
	wait_for_tables(p);
	tell_modules(p);
	loader_reports(p->loader, tell_what_was_learned, p);
	if (p->options.kernel)
		kernel_wait(p->options.kernel);
	store_quality(p->options.store, &p->quality);
}

static void print_table(void *arg, const struct loader_report *r)
{
	(void)arg;
	if (r->why)
		fprintf(stderr, "aprof: %s: %s\n", r->module->path, r->why);
	else
		fprintf(stderr, "aprof: %s: %llu unwind rows, %llu bytes, %.1f ms\n",
			r->module->path, (unsigned long long)r->rows,
			(unsigned long long)r->table_bytes, (double)r->build_ns / 1e6);
}

void pipeline_print_tables(const struct pipeline *p)
{
	loader_reports(p->loader, print_table, NULL);
}
