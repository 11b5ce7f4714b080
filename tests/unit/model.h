/* A made-up recording, the same for the same seed: what goes into a store must come out of a load. */
#ifndef APROF_UNIT_MODEL_H
#define APROF_UNIT_MODEL_H

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <aprof/file.h>
#include <aprof/frame.h>

#include "profiler/store/store_private.h"
#include "report/load/profile.h"
#include "tests/unit/check.h"

#define MODEL_DEPTH 40u
#define MODEL_START 5000000000ull
#define MODEL_STEP 1001000u

struct model {
	u32 rows, modules, threads, events;
	u32 stacks; /* about so many distinct ones */
	u64 seed;
	u32 epoch_nodes; /* an epoch ends with so many nodes; 0: as it is */
	u32 flush_rows; /* rows between two flushes; 0: by time */
	bool branches; /* some rows have some */
};

/* xorshift64*: good enough, and the same everywhere. */
static inline u64 model_random(u64 *state)
{
	u64 x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * 0x2545f4914f6cdd1dull;
}

static inline u64 model_of(u64 seed, u64 a, u64 b)
{
	u64 state = hash_u64(seed ^ hash_u64(a * 0x9e3779b97f4a7c15ull + b)) | 1;

	return model_random(&state);
}

/* The frames of stack number n, leaf first; neighbours share their outer half. */
static inline u32 model_frames(const struct model *m, u32 n, struct frame *out)
{
	u32 count = (u32)(model_of(m->seed, 1, n / 8) % MODEL_DEPTH);

	for (u32 i = 0; i < count; i++) {
		u64 r = model_of(m->seed, 2 + (u64)i, i < count / 2 ? n : n / 8);

		memset(&out[i], 0, sizeof out[i]);
		out[i].module = (u32)(r % m->modules);
		out[i].offset = (r >> 20) & 0xffffff;
		out[i].lookup = i ? LOOKUP_RETURN : LOOKUP_IP;
		out[i].space = r & 64 ? SPACE_USER : SPACE_KERNEL;
		out[i].source = (u8)((r >> 8) % SOURCE_COUNT);
		out[i].status = (r >> 12) % 50 ? FRAME_OK : FRAME_SKID;
	}
	if (count && n % 11 == 0) {
		out[count - 1] = (struct frame){ .module = NO_ID };
		out[count - 1].status = n % 2 ? FRAME_TRUNCATED : FRAME_FAILED;
		out[count - 1].offset = n % 2 ? STOP_COPY_END : STOP_SKID;
	}
	return count;
}

#define MODEL_BRANCHES 9

/* Before every third sample or so: few places, so that pairs come again, in the same order and not. */
static inline u32 model_branches(const struct model *m, u32 i, struct store_branch *out)
{
	u64 r = model_of(m->seed, 200, i);
	u32 count = m->branches && r % 3 == 0 ? (u32)(r >> 8) % MODEL_BRANCHES : 0;

	for (u32 k = 0; k < count; k++) {
		u64 place = (r >> 20) % 50 + k * (1 + (r >> 40) % 2);
		struct store_branch *b = &out[k];

		memset(b, 0, sizeof *b);
		b->from.module = (u32)place % m->modules;
		b->from.offset = place * 0x10000;
		b->from.source = b->to.source = SOURCE_LBR;
		b->to.module = (u32)(place * 7) % m->modules;
		b->to.offset = place * 16;
		b->to.space = place % 5 ? SPACE_USER : SPACE_KERNEL;
		b->flags = (u8)(place % 7 ? BRANCH_PREDICTED : BRANCH_MISPREDICTED | BRANCH_IN_TX);
		b->cycles = (u16)(r >> 50 << k);
	}
	return count;
}

static inline struct store_row model_row(const struct model *m, u32 i, struct frame *frames)
{
	u64 r = model_of(m->seed, 100, i);
	static struct store_branch branches[MODEL_BRANCHES];
	u32 n = (u32)((r % m->stacks) * ((r >> 32) % m->stacks) / m->stacks);

	return (struct store_row){
		.time = MODEL_START + (u64)i * MODEL_STEP + r % 30000,
		.weight = r % 7 ? 1001001 : r >> 30,
		.event = (u32)(r >> 5) % m->events,
		.thread = (u32)(r >> 9) % m->threads * 3,
		.cpu = (u32)(r >> 40) % 3 * 100,
		.frames = frames,
		.count = model_frames(m, n, frames),
		.branches = branches,
		.branch_count = model_branches(m, i, branches),
	};
}

static inline void model_module(const struct model *m, u32 i, struct file_module *def, char path[64])
{
	snprintf(path, 64, "/opt/lib/module-%u.so", i);
	*def = (struct file_module){ .kind = MODULE_FILE, .path = path };
	def->build_id.size = i % 3 ? 20 : 0;
	for (u32 b = 0; b < def->build_id.size; b++)
		def->build_id.bytes[b] = (u8)model_of(m->seed, 7, (u64)i << 8 | b);
	if (i % 5 == 4)
		def->problem = "no unwind rules";
}

static inline void model_thread(u32 i, struct file_thread *def, char comm[32])
{
	snprintf(comm, 32, "worker-%u", i);
	*def = (struct file_thread){
		.pid = 1000 + i / 4, .tid = 1000 + i, .comm = comm, .process_comm = "server"
	};
}

static inline void model_define(const struct model *m, struct store *store)
{
	char text[64];

	store_meta(store, "command", "server --port 1");
	store_meta(store, "event.0.name", "cpu-clock");
	store_meta(store, "event.0.unit", "ns");
	store_meta(store, "event.0.freq", "999");
	for (u32 i = 0; i < m->modules; i++) {
		struct file_module def;

		model_module(m, i, &def, text);
		store_module(store, i, &def);
	}
	for (u32 i = 0; i < m->threads; i++) {
		struct file_thread def;

		model_thread(i, &def, text);
		store_thread(store, i * 3, &def);
	}
}

/* Writes the recording; the descriptor is its file's, in memory. */
static inline int model_write(const struct model *m)
{
	int fd = memfd_create("model", MFD_CLOEXEC);
	struct frame frames[MODEL_DEPTH];
	struct store *store;
	struct err *err = store_open(&store, dup(fd), "model");

	if (err)
		exit(err_report(err));
	if (m->epoch_nodes)
		store->limits.nodes = m->epoch_nodes;
	model_define(m, store);
	for (u32 i = 0; i < m->rows; i++) {
		struct store_row row = model_row(m, i, frames);

		store_row(store, &row);
		if (!m->flush_rows)
			store_flush(store, row.time);
		else if (i % m->flush_rows == m->flush_rows - 1)
			store_flush(store, UINT64_MAX);
	}
	err = store_close(store, NULL);
	if (err)
		exit(err_report(err));
	return fd;
}

/*
 * Compares rows with those of the model, which the time of each tells. In a damaged file rows may be
 * missing, and what became of a lost definition must say so.
 */
struct model_check {
	const struct model *model;
	const struct profile *profile;
	u32 rows; /* so many came */
	u32 next; /* number of the row behind the last one */
	u32 wrong; /* differ, go back, or are not of the model */
	u32 lost; /* thread or stack say [lost] */
};

static inline bool model_same_frame(const struct model_check *c, const struct frame *got,
				    const struct frame *want)
{
	struct file_module def;
	char path[64];

	if (got->offset != want->offset || got->lookup != want->lookup ||
	    got->space != want->space || got->source != want->source ||
	    got->status != want->status || (got->module == NO_ID) != (want->module == NO_ID))
		return false;
	if (want->module == NO_ID)
		return true;
	model_module(c->model, want->module, &def, path);
	return got->module < c->profile->module_count &&
	       (!strcmp(c->profile->modules[got->module].path, path) ||
		!strcmp(c->profile->modules[got->module].path, "[lost]"));
}

/* 1: the same, 0: another one, -1: [lost] stands for all or part of it. */
static inline int model_same_stack(const struct model_check *c, u32 stack, const struct frame *want,
				   u32 count)
{
	const struct profile *p = c->profile;
	int same = 1;

	for (u32 at = stack; at != NO_ID; at = p->stacks[at].parent) {
		if (at >= p->stack_count || p->stacks[at].frame >= p->frame_count)
			return 0;
		if (p->frames[p->stacks[at].frame].status == FRAME_LOST)
			same = -1;
	}
	if (same < 0)
		return same;
	for (u32 i = 0; i < count; i++) {
		if (stack == NO_ID || p->stacks[stack].depth != count - i ||
		    !model_same_frame(c, &p->frames[p->stacks[stack].frame], &want[i]))
			return 0;
		stack = p->stacks[stack].parent;
	}
	return stack == NO_ID;
}

/* As above. */
static inline int model_same_branches(const struct model_check *c, const struct profile_row *got,
				      const struct store_row *want)
{
	int same = got->branch_count == want->branch_count;

	for (u32 i = 0; i < got->branch_count && same; i++) {
		const struct branch_item *b = &got->branches[i];
		const struct store_branch *w = &want->branches[i];

		if (b->flags != w->flags || b->cycles != w->cycles ||
		    b->from >= c->profile->frame_count || b->to >= c->profile->frame_count)
			return 0;
		if (c->profile->frames[b->from].status == FRAME_LOST ||
		    c->profile->frames[b->to].status == FRAME_LOST)
			return -1;
		same = model_same_frame(c, &c->profile->frames[b->from], &w->from) &&
		       model_same_frame(c, &c->profile->frames[b->to], &w->to);
	}
	return same;
}

/* As above. */
static inline int model_same_thread(const struct model_check *c, u32 thread, u32 want)
{
	const struct profile_thread *t = &c->profile->threads[thread];
	struct file_thread def;
	char comm[32];

	if (thread >= c->profile->thread_count)
		return 0;
	if (!strcmp(t->comm, "[lost]") || !strcmp(t->process_comm, "[lost]"))
		return -1;
	model_thread(want / 3, &def, comm);
	return (u32)t->pid == def.pid && (u32)t->tid == def.tid && !strcmp(t->comm, comm) &&
	       !strcmp(t->process_comm, "server");
}

static inline bool model_check_row(void *arg, const struct profile_row *got)
{
	struct model_check *c = arg;
	struct frame frames[MODEL_DEPTH];
	u32 i = (u32)((got->time - MODEL_START) / MODEL_STEP);
	struct store_row want = model_row(c->model, i, frames);
	int thread = model_same_thread(c, got->thread, want.thread);
	int stack = model_same_stack(c, got->stack, frames, want.count);
	int branches = model_same_branches(c, got, &want);

	c->wrong += i < c->next || i >= c->model->rows || !thread || !stack ||
		    !branches ||
		    got->time != want.time / ROW_TICK_NS * ROW_TICK_NS ||
		    got->weight != want.weight || got->event != want.event ||
		    got->cpu != want.cpu;
	c->lost += thread < 0 || stack < 0 || branches < 0;
	c->rows++;
	c->next = i + 1;
	return true;
}

#endif
