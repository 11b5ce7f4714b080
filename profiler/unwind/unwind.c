/* The walk up a stack copy: one rule a frame. */
#include "profiler/unwind/unwind.h"

#include <aprof/alloc.h>

#include "profiler/unwind/libunwind.h"
#include "profiler/unwind/lbr.h"
#include "profiler/unwind/walk.h"

/* A CFA further away than any stack is tall is not one. */
#define STACK_MAX ((u64)1 << 30)

struct unwinder *unwinder_new(struct loader *loader)
{
	struct unwinder *u = xzalloc(sizeof *u);

	u->loader = loader;
	return u;
}

void unwinder_free(struct unwinder *u)
{
	if (!u)
		return;
	views_release(&u->views);
	lbr_free(u->lbr);
	remote_free(u->remote);
	free(u);
}

const struct unwind_stats *unwinder_stats(const struct unwinder *u)
{
	return &u->stats;
}

struct place *walk_find(const struct walk *w, u64 address)
{
	const struct mapping *map;

	if (w->place && address - w->place->start < w->place->end - w->place->start)
		return w->place;
	map = space_find(w->space, address);
	return map ? &w->view->places[map - w->space->maps] : NULL;
}

enum stop_reason walk_missing(const struct walk *w, u64 address)
{
	const struct sample *s = w->sample;
	bool cut = s->stack_size == s->stack_asked;
	u64 above = address - s->regs.reg[UREG_SP];

	if (!s->stack_size)
		return STOP_NO_STACK;
	/* A handler on a stack of its own interrupted code on another one: not copied either. */
	if (w->jumped)
		return STOP_COPY_END;
	return cut && above < STACK_MAX ? STOP_COPY_END : STOP_BAD_RULE;
}

enum stop_reason walk_signal(struct walk *w, u64 at)
{
	u64 bp, sp, ip;

	/* In the ucontext rbp stands 40 bytes below rsp, rip behind it. */
	if (!walk_read(w, at - 40, &bp) || !walk_read(w, at, &sp) || !walk_read(w, at + 8, &ip))
		return walk_missing(w, at + 8);
	w->bp = bp;
	w->sp = sp;
	w->ip = ip;
	w->exact = true;
	w->jumped = true;
	w->source = SOURCE_TABLE;
	return GO_ON;
}

/*
 * A stack copy is cold memory, and where a frame is depends on the one before it: each step would
 * wait. Every line is asked for once, as far ahead of the walk as most frames are long: this halves
 * the time a frame takes. Addresses behind the copy do no harm.
 */
#define AHEAD 768
#define LINE 64
static void prefetch(struct walk *w, u64 cfa)
{
	u64 to_copy = (u64)(uintptr_t)w->sample->stack - w->sample->regs.reg[UREG_SP];

	if (w->ahead < cfa)
		w->ahead = cfa;
	for (; w->ahead < cfa + AHEAD; w->ahead += LINE)
		__builtin_prefetch((const void *)(uintptr_t)(w->ahead + to_copy));
}

/* To the caller, whose frame starts at `cfa`. */
static enum stop_reason leave(struct walk *w, u64 cfa, u32 rbp_slot)
{
	u64 slot = cfa - 8 * (u64)rbp_slot, ra;

	if (cfa <= w->sp || cfa % 8)
		return STOP_BAD_RULE;
	prefetch(w, cfa);
	if (!walk_read(w, cfa - 8, &ra))
		return walk_missing(w, cfa - 8);
	/* In an epilogue the rule still names rbp's slot, but it was popped already: below rsp. */
	if (rbp_slot >= RBP_SAVED && slot >= w->sp && !walk_read(w, slot, &w->bp))
		return walk_missing(w, slot);
	if (rbp_slot == RBP_LOST)
		w->bp = 0;
	w->ip = ra;
	w->sp = cfa;
	w->exact = false;
	w->source = SOURCE_TABLE;
	return ra ? GO_ON : STOP_END;
}

static enum stop_reason step_drap(struct walk *w, u32 rule)
{
	u64 at = w->bp + 8 * (u64)(i64)rule_number(rule), bp = w->bp, cfa;
	enum stop_reason stop;

	if (!walk_read(w, at, &cfa))
		return walk_missing(w, at);
	if (rule_rbp(rule) == RBP_SAVED && !walk_read(w, w->bp, &bp))
		return walk_missing(w, w->bp);
	stop = leave(w, cfa, RBP_SAME);
	w->bp = bp;
	return stop;
}

static enum stop_reason step_rsp_deref(struct walk *w, u32 rule)
{
	u64 at = w->sp + 8 * (u64)(i64)rule_number(rule), old;

	if (!walk_read(w, at, &old))
		return walk_missing(w, at);
	return leave(w, old + 8, rule_rbp(rule));
}

u64 walk_sampled_reg(const struct walk *w, u32 dwarf)
{
	/* psABI, figure 3.36 */
	static const u8 names[] = { UREG_AX,  UREG_DX,  UREG_CX,  UREG_BX,  UREG_SI,  UREG_DI,
				    UREG_BP,  UREG_SP,  UREG_R8,  UREG_R9,  UREG_R10, UREG_R11,
				    UREG_R12, UREG_R13, UREG_R14, UREG_R15, UREG_IP };

	return w->sample->regs.reg[names[dwarf]];
}

/* Registers other than rsp and rbp are known in the leaf alone. */
static enum stop_reason step_reg(struct walk *w, u32 rule)
{
	i32 number = rule_number(rule);
	u64 value;

	if (w->depth)
		return walk_libunwind(w);
	value = walk_sampled_reg(w, (u32)number & 15);
	return leave(w, value + 8 * (u64)(i64)(number >> 4), rule_rbp(rule));
}

static enum stop_reason step(struct walk *w, struct frame *frame)
{
	u64 pc = w->exact ? w->ip : w->ip - 1;
	const struct table *table = w->place->table;
	u32 rule = table ? table_rule(table, pc + w->place->bias) : RULE_GAP;
	u64 n = 8 * (u64)(i64)rule_number(rule);

	switch (rule_kind(rule)) {
	case RULE_RSP:
		return leave(w, w->sp + n, rule_rbp(rule));
	case RULE_RBP:
		return leave(w, w->bp + n, rule_rbp(rule));
	case RULE_DRAP:
		return step_drap(w, rule);
	case RULE_RSP_DEREF:
		return step_rsp_deref(w, rule);
	case RULE_PLT:
		return leave(w, w->sp + 8 + 8 * ((pc & 15) >= n / 8), rule_rbp(rule));
	case RULE_SIGNAL:
		frame->lookup = LOOKUP_IP; /* nobody called it: the kernel put its address there */
		return walk_signal(w, w->sp + n);
	case RULE_REG:
		return step_reg(w, rule);
	case RULE_END:
		return STOP_END;
	case RULE_GAP:
		return walk_gap(w);
	case RULE_OTHER:
		break;
	}
	return walk_libunwind(w);
}

static struct frame *push(struct walk *w, struct stack *out)
{
	struct frame *frame = &out->frames[out->count++];

	*frame = (struct frame){
		.offset = w->place ? w->ip + w->place->bias : w->ip,
		.module = w->place ? w->place->module : NO_ID,
		.lookup = w->exact ? LOOKUP_IP : LOOKUP_RETURN,
		.space = SPACE_USER,
		.source = w->source,
		.status = FRAME_OK,
	};
	return frame;
}

enum stop_reason walk_one(struct walk *w, struct stack *out)
{
	struct frame *frame;
	enum stop_reason stop;

	if (out->count >= APROF_MAX_DEPTH)
		return STOP_DEPTH;
	w->place = walk_find(w, w->exact ? w->ip : w->ip - 1);
	if (!w->place && w->depth)
		return STOP_NOT_EXECUTABLE;
	frame = push(w, out);
	if (!w->place)
		return STOP_NO_MAP;
	if (place_waits(w->place, w->unwinder->loader)) {
		w->waits_for = w->place->module;
		return STOP_NO_TABLE;
	}
	if (w->place->state == PLACE_FAILED)
		return (enum stop_reason)w->place->why;
	stop = step(w, frame);
	w->depth++;
	return stop;
}

void stack_end(struct stack *out, enum stop_reason reason, enum frame_source source)
{
	bool cut = reason == STOP_COPY_END || reason == STOP_DEPTH;

	if (reason == STOP_END)
		return;
	out->frames[out->count++] = (struct frame){
		.offset = reason,
		.module = NO_ID,
		.lookup = LOOKUP_IP,
		.space = SPACE_USER,
		.source = source,
		.status = cut ? FRAME_TRUNCATED : FRAME_FAILED,
	};
}

void stack_count(struct unwind_stats *stats, const struct stack *out, u32 from,
		 enum stop_reason stop)
{
	stats->stacks++;
	stats->by_stop[stop]++;
	for (; from < out->count; from++) {
		if (frame_is_end(&out->frames[from]))
			continue;
		stats->frames++;
		stats->by_source[out->frames[from].source]++;
	}
}

void walk_start(struct walk *w, struct unwinder *u, const struct sample *sample,
		const struct space *space)
{
	*w = (struct walk){
		.unwinder = u,
		.sample = sample,
		.space = space,
		.view = view_of(&u->views, space),
		.ip = sample->regs.reg[UREG_IP],
		.sp = sample->regs.reg[UREG_SP],
		.bp = sample->regs.reg[UREG_BP],
		.exact = true,
		.source = SOURCE_TABLE,
		.waits_for = NO_ID,
		.serial = ++u->walks,
	};
}

static void measure(struct unwind_stats *stats, const struct walk *w, enum stop_reason stop)
{
	const struct sample *s = w->sample;
	u64 reach = w->sp - s->regs.reg[UREG_SP];

	if (stop == STOP_COPY_END)
		stats->cut += s->stack_size == s->stack_asked;
	else if (reach <= s->stack_size)
		stats->reach = u64_max(stats->reach, reach);
}

enum unwind_result walk_rest(struct walk *w, u32 from, bool final, struct stack *out,
			     u32 *wait_module)
{
	const struct user_regs *regs = &w->sample->regs;
	enum stop_reason stop = STOP_NO_STACK;

	if (regs->valid && !regs->is_32bit) {
		prefetch(w, w->sp);
		do
			stop = walk_one(w, out);
		while (stop == GO_ON && w->waits_for == NO_ID);
	}
	if (w->waits_for != NO_ID) {
		if (!final) {
			out->count = from;
			*wait_module = w->waits_for;
			return UNWIND_WAIT;
		}
		stop = STOP_NO_TABLE;
	}
	measure(&w->unwinder->stats, w, stop);
	stack_end(out, stop, SOURCE_TABLE);
	stack_count(&w->unwinder->stats, out, from, stop);
	return UNWIND_DONE;
}

enum unwind_result unwind_user(struct unwinder *u, const struct sample *sample,
			       const struct space *space, bool final, struct stack *out,
			       u32 *wait_module)
{
	struct walk w;

	walk_start(&w, u, sample, space);
	return walk_rest(&w, out->count, final, out, wait_module);
}
