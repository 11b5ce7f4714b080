/*
 * Precise samples and LBR call stacks of a real program, made by single-stepping it.
 *
 * No PMU is at hand, so one is played: a child is stepped instruction by instruction while calls and
 * returns are followed, which gives the true stack at each of them and what the branch registers
 * would hold. An "event" happens at some instruction, its "interrupt" some instructions later; the
 * sample is composed as PEBS composes it before and since Ice Lake. Whatever the unwinder makes of it
 * must be the true stack of the event, or be marked.
 */
#include <signal.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "profiler/process/processes.h"
#include "profiler/unwind/loader.h"
#include "profiler/unwind/table.h"
#include "profiler/unwind/unwind.h"

#include "tests/unit/check.h"
#include "tests/unit/records.h"

/* The program that is stepped: plain calls, calls by pointer, tail calls, recursion, libc. */
#define NOINLINE __attribute__((noinline))

static volatile u64 sink;

static NOINLINE void leaf(u64 n)
{
	sink += n * 3;
}

static NOINLINE u64 twice(u64 n)
{
	leaf(n);
	leaf(n + 1);
	return n * 2;
}

static NOINLINE u64 many_registers(u64 a, u64 b)
{
	u64 c = twice(a), d = twice(b), e = twice(a ^ b);

	return a + b * c + d * e + twice(c + d);
}

static NOINLINE u64 recursive(u64 n)
{
	if (n == 0)
		return twice(n);
	return recursive(n - 1) + many_registers(n, n + 1);
}

static u64 (*volatile pointers[])(u64) = { twice, recursive };

static NOINLINE u64 tail(u64 n)
{
	return pointers[n % 2](n % 5);
}

static NOINLINE void bottom(u64 rounds)
{
	char text[64];

	for (u64 i = 0; i < rounds; i++) {
		sink += tail(i) + many_registers(i, 3);
		snprintf(text, sizeof text, "%d", (int)i);
		sink += strlen(text);
	}
}

#define STACK_BYTES 8192
#define DEPTH_MAX 256
#define LBR_DEPTH 16

struct call {
	u64 from, to, back;
};

struct moment {
	struct user_regs_struct regs;
	struct call calls[DEPTH_MAX]; /* the true stack, oldest first */
	u32 height;
	struct call lbr[LBR_DEPTH]; /* registers */
	u32 lbr_top, lbr_used;
};

struct machine {
	pid_t child;
	struct moment now;
};

/* The child is a fork: its code is ours. */
static u32 call_length(u64 ip)
{
	const u8 *p = (const u8 *)ip;
	u32 prefix = *p >= 0x40 && *p <= 0x4f;

	if (*p == 0xe8)
		return 5;
	if (p[prefix] != 0xff || (p[prefix + 1] >> 3 & 7) != 2)
		return 0;
	return 1; /* by pointer: the length is told by the address that it leaves on the stack */
}

static bool is_return(u64 ip)
{
	const u8 *p = (const u8 *)ip;

	return *p == 0xc3 || *p == 0xc2 || (*p == 0xf3 && p[1] == 0xc3);
}

static u64 peek(const struct machine *m, u64 address)
{
	return (u64)ptrace(PTRACE_PEEKDATA, m->child, address, NULL);
}

static void follow_call(struct machine *m, u64 from)
{
	struct call call = { from, m->now.regs.rip, peek(m, m->now.regs.rsp) };

	if (m->now.height < DEPTH_MAX)
		m->now.calls[m->now.height++] = call;
	m->now.lbr_top = (m->now.lbr_top + 1) % LBR_DEPTH;
	m->now.lbr[m->now.lbr_top] = call;
	m->now.lbr_used += m->now.lbr_used < LBR_DEPTH;
}

static void follow_return(struct machine *m)
{
	if (m->now.height)
		m->now.height--;
	if (m->now.lbr_used) {
		m->now.lbr_used--;
		m->now.lbr_top = (m->now.lbr_top + LBR_DEPTH - 1) % LBR_DEPTH;
	}
}

/* One instruction. False: the child has ended. */
static bool step(struct machine *m)
{
	u64 before = m->now.regs.rip;
	int status;

	if (ptrace(PTRACE_SINGLESTEP, m->child, NULL, NULL) ||
	    waitpid(m->child, &status, 0) != m->child || !WIFSTOPPED(status))
		return false;
	ptrace(PTRACE_GETREGS, m->child, NULL, &m->now.regs);
	if (call_length(before))
		follow_call(m, before);
	else if (is_return(before))
		follow_return(m);
	return true;
}

struct world {
	struct modules *modules;
	struct processes *processes;
	struct loader *loader;
	struct unwinder *unwinder;
	const struct space *space;
};

static void take_regs(const struct user_regs_struct *from, struct user_regs *to)
{
	const u64 values[UREG_COUNT] = {
		from->rax, from->rbx, from->rcx, from->rdx, from->rsi, from->rdi,
		from->rbp, from->rsp, from->rip, from->r8,  from->r9,  from->r10,
		from->r11, from->r12, from->r13, from->r14, from->r15,
	};

	to->asked = to->valid = true;
	memcpy(to->reg, values, sizeof values);
}

struct made { /* a sample and what it points to */
	struct sample sample;
	u64 chain[2];
	u8 stack[STACK_BYTES];
	struct perf_branch_entry branches[LBR_DEPTH];
};

/*
 * As PEBS gives it: before Ice Lake only the IP is the event's, later the registers and branches are,
 * too, as its instruction left them.
 */
static void make_sample(const struct machine *m, const struct moment *event,
			const struct moment *after, bool ice_lake, struct made *out)
{
	const struct moment *interrupt = &m->now, *state = ice_lake ? after : interrupt;
	u64 sp = state->regs.rsp;
	struct iovec local = { out->stack, STACK_BYTES }, remote = { (void *)sp, STACK_BYTES };
	ssize_t n = process_vm_readv(m->child, &local, 1, &remote, 1, 0);

	out->chain[0] = (u64)PERF_CONTEXT_USER;
	out->chain[1] = interrupt->regs.rip;
	out->sample = (struct sample){
		.tid = 1,
		.misc = PERF_RECORD_MISC_USER | PERF_RECORD_MISC_EXACT_IP,
		.space = SPACE_USER,
		.ip = event->regs.rip,
		.chain = out->chain,
		.chain_len = 2,
		.stack = out->stack,
		.stack_size = n > 0 ? (u64)n & ~7ull : 0,
		.stack_asked = STACK_BYTES,
		.branches = out->branches,
		.branches_len = state->lbr_used,
		.are_calls = true,
		.has_hw_idx = true,
		.hw_idx = state->lbr_top,
	};
	take_regs(&state->regs, &out->sample.regs);
	out->sample.regs.reg[UREG_IP] = event->regs.rip;
	for (u32 i = 0; i < state->lbr_used; i++) {
		const struct call *c =
			&state->lbr[(state->lbr_top + LBR_DEPTH - i) % LBR_DEPTH];

		out->branches[i] = (struct perf_branch_entry){ .from = c->from, .to = c->to };
	}
}

/* File offset and module of an address, as frames have it. */
static bool is_at(const struct world *w, const struct frame *frame, u64 address)
{
	const struct mapping *map = space_find(w->space, address);

	return map && frame->module == map->module &&
	       frame->offset == address - map->start + map->offset;
}

struct score {
	u64 right, skid_right, skid_alone, wrong, skid_wrong;
};

/* The function that an address is in, as its place in the file; the address itself if in none. */
static u64 function_at(const struct world *w, u64 address)
{
	const struct mapping *map = space_find(w->space, address);
	const struct table *table;
	enum stop_reason why;
	u64 start = UINT64_MAX;

	if (map && loader_state(w->loader, map->module, &table, &why) == LOADER_READY && table)
		start = table_function(table, address - map->start + map->offset);
	return start == UINT64_MAX ? address : start;
}

static u64 function_of(const struct world *w, const struct frame *frame)
{
	const struct table *table;
	enum stop_reason why;
	u64 start = UINT64_MAX, offset = frame->offset - (frame->lookup == LOOKUP_RETURN);

	if (frame->module != NO_ID &&
	    loader_state(w->loader, frame->module, &table, &why) == LOADER_READY && table)
		start = table_function(table, offset);
	return start == UINT64_MAX ? frame->offset : start;
}

/* A function that is its own caller counts once: which round of a recursion, nobody can tell. */
static u32 put_function(u64 *list, u32 count, u64 function)
{
	if (!count || list[count - 1] != function)
		list[count++] = function;
	return count;
}

#define COMPARED 8

/* The callers are the same functions. */
static bool has_callers(const struct world *w, const struct stack *stack,
			const struct moment *truth)
{
	u64 got[DEPTH_MAX], want[DEPTH_MAX];
	u32 got_count = put_function(got, 0, function_of(w, &stack->frames[0]));
	u32 want_count = put_function(want, 0, function_at(w, truth->regs.rip)), i;

	for (i = 1; i < stack->count && got_count < COMPARED; i++)
		if (!frame_is_end(&stack->frames[i]))
			got_count = put_function(got, got_count, function_of(w, &stack->frames[i]));
	for (i = 0; i < truth->height && want_count < COMPARED; i++)
		want_count = put_function(want, want_count,
					  function_at(w, truth->calls[truth->height - 1 - i].from));
	for (i = 0; i < want_count; i++)
		if (i >= got_count || got[i] != want[i])
			return false;
	return true;
}

/* The call that the event is stands in the branch registers, too: it is one frame, not two. */
static bool is_doubled(const struct world *w, const struct stack *stack, const struct moment *truth)
{
	return stack->count > 1 && is_at(w, &stack->frames[1], truth->regs.rip) &&
	       stack->frames[1].lookup == LOOKUP_IP &&
	       !(truth->height && truth->calls[truth->height - 1].from == truth->regs.rip);
}

static void judge(const struct world *w, const struct stack *stack, const struct moment *truth,
		  struct score *score)
{
	const struct frame *leaf_frame = &stack->frames[0];
	bool marked = leaf_frame->status == FRAME_SKID;
	bool leaf_right = is_at(w, leaf_frame, truth->regs.rip);
	bool right = leaf_right && has_callers(w, stack, truth) && !is_doubled(w, stack, truth);

	if (!marked) {
		score->right += right;
		score->wrong += !right;
	} else if (stack->count == 2 && frame_is_end(&stack->frames[1])) {
		score->skid_alone += leaf_right;
		score->wrong += !leaf_right;
	} else {
		score->skid_right += right;
		score->skid_wrong += !right;
	}
}

static void unwind_one(struct world *w, const struct made *made, bool calls, struct stack *out)
{
	u32 module;

	out->count = 0;
	if (calls) {
		unwind_calls(w->unwinder, &made->sample, w->space, out);
		return;
	}
	while (unwind_precise(w->unwinder, &made->sample, w->space, false, out, &module) ==
	       UNWIND_WAIT)
		usleep(1000);
}

static bool is_continued(const struct stack *stack)
{
	for (u32 i = 0; i < stack->count; i++)
		if (stack->frames[i].source == SOURCE_LBR && !frame_is_end(&stack->frames[i]))
			return true;
	return false;
}

/* The leaf and each call that has not returned are a frame, in recursion, too. */
static bool has_every_frame(const struct world *w, const struct stack *stack,
			    const struct moment *truth)
{
	u32 count = stack->count - frame_is_end(&stack->frames[stack->count - 1]);

	if (count != truth->height + 1)
		return false;
	for (u32 i = 1; i < count; i++) {
		const struct call *call = &truth->calls[truth->height - i];
		const struct frame *frame = &stack->frames[i];

		if (!is_at(w, frame, frame->lookup == LOOKUP_IP ? call->from : call->back))
			return false;
	}
	return true;
}

static void run_child(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	bottom(1000000);
	_exit(0);
}

static bool start_child(struct machine *m)
{
	int status;

	*m = (struct machine){ .child = fork() };
	if (m->child == 0)
		run_child();
	if (m->child < 0 || waitpid(m->child, &status, 0) != m->child || !WIFSTOPPED(status))
		return false;
	ptrace(PTRACE_SETOPTIONS, m->child, NULL, PTRACE_O_EXITKILL);
	ptrace(PTRACE_GETREGS, m->child, NULL, &m->now.regs);
	/* Until bottom() is entered the true stack is not known. */
	while (m->now.regs.rip != (u64)bottom)
		if (!step(m))
			return false;
	m->now.height = 0;
	m->now.lbr_used = 0;
	return true;
}

static void print_score(const char *what, const struct score *s)
{
	printf("%-28s right %llu, skid: right %llu, alone %llu, wrong %llu; wrong %llu\n", what,
	       (unsigned long long)s->right, (unsigned long long)s->skid_right,
	       (unsigned long long)s->skid_alone, (unsigned long long)s->skid_wrong,
	       (unsigned long long)s->wrong);
}

#define SAMPLES 1000

struct play {
	const char *what;
	bool ice_lake, calls;
	u32 skid; /* instructions between event and interrupt, at most */
	u64 right; /* at least so many of a hundred */
	u64 wrong; /* at most so many of a thousand are neither right nor marked */
};

/*
 * Real skids are of an instruction or two (most of those in public recordings). Within a dozen, this
 * program may return from a function and be in it again, called from elsewhere: nobody can tell.
 */
static const struct play plays[] = {
	{ "no skid", false, false, 0, 100, 0 },
	{ "PEBS before Ice Lake", false, false, 3, 85, 0 },
	{ "PEBS since Ice Lake", true, false, 3, 85, 0 },
	{ "LBR, no skid", false, true, 0, 100, 0 },
	{ "LBR before Ice Lake", false, true, 3, 85, 0 },
	{ "LBR since Ice Lake", true, true, 3, 85, 0 },
	{ "PEBS, far before Ice Lake", false, false, 12, 70, 20 },
	{ "PEBS, far since Ice Lake", true, false, 12, 70, 20 },
};

static void test_play(struct world *w, const struct play *play)
{
	static struct stack stack;
	struct score score = { 0 };
	struct machine m;
	struct made made;

	if (!CHECK(start_child(&m)))
		return;
	unwinder_set_event_registers(w->unwinder, play->ice_lake);
	for (unsigned i = 0; i < SAMPLES; i++) {
		struct moment event, after;
		u64 distance = play->skid ? 1 + random_under(play->skid) : 0;

		for (u64 n = 1 + random_under(30); n; n--)
			step(&m);
		event = after = m.now;
		for (u64 n = 0; n < distance; n++) {
			step(&m);
			if (n == 0)
				after = m.now;
		}
		make_sample(&m, &event, &after, play->ice_lake, &made);
		unwind_one(w, &made, play->calls, &stack);
		judge(w, &stack, &event, &score);
	}
	kill(m.child, SIGKILL);
	waitpid(m.child, NULL, 0);
	print_score(play->what, &score);
	check_that_((score.wrong + score.skid_wrong) * 1000 <= play->wrong * SAMPLES, __FILE__,
		    __LINE__, "%s: wrong stacks", play->what);
	check_that_((score.right + score.skid_right) * 100 >= play->right * SAMPLES, __FILE__,
		    __LINE__, "%s: too few are right", play->what);
}

/* A copy that ends soon: what the branch registers hold beyond it is the rest of the stack. */
static void test_continue(struct world *w)
{
	u64 continued = 0, wrong = 0;
	static struct stack stack;
	struct machine m;
	struct made made;

	if (!CHECK(start_child(&m)))
		return;
	unwinder_set_event_registers(w->unwinder, false);
	for (unsigned i = 0; i < SAMPLES; i++) {
		for (u64 n = 1 + random_under(30); n; n--)
			step(&m);
		make_sample(&m, &m.now, &m.now, false, &made);
		made.sample.misc = PERF_RECORD_MISC_USER;
		made.sample.stack_size = made.sample.stack_asked = 32 + 8 * random_under(16);
		unwind_one(w, &made, false, &stack);
		unwind_continue(w->unwinder, &made.sample, w->space, 0, &stack);
		if (!is_continued(&stack) || m.now.height > LBR_DEPTH)
			continue;
		continued++;
		wrong += !has_every_frame(w, &stack, &m.now);
	}
	kill(m.child, SIGKILL);
	waitpid(m.child, NULL, 0);
	printf("%llu continued, %llu of them wrong\n", (unsigned long long)continued,
	       (unsigned long long)wrong);
	CHECK_EQ(wrong, 0);
	CHECK(continued * 5 > SAMPLES);
}

/* Where a walk ends for another reason than the skid, that is the reason. */
static void test_other_reasons(struct world *w)
{
	static struct stack stack;
	struct machine m;
	struct made made;

	if (!CHECK(start_child(&m)))
		return;
	for (int event_registers = 0; event_registers < 2; event_registers++) {
		struct moment event = m.now;

		unwinder_set_event_registers(w->unwinder, event_registers);
		step(&m);
		make_sample(&m, &event, &m.now, event_registers, &made);
		made.sample.stack_size = 0;
		unwind_one(w, &made, false, &stack);
		CHECK_EQ(stack.count, 2);
		CHECK(is_at(w, &stack.frames[0], event.regs.rip));
		CHECK_EQ(stack.frames[0].status, FRAME_OK);
		CHECK_EQ(stack.frames[1].offset, STOP_NO_STACK);
	}
	kill(m.child, SIGKILL);
	waitpid(m.child, NULL, 0);
}

/* Cost goes to the precise address; callers only if it is as near as within one function. */
static void test_kernel_leaf(void)
{
	static const struct {
		u16 misc;
		u64 ip, leaf;
		u32 count;
		u8 status;
	} rows[] = {
		{ PERF_RECORD_MISC_EXACT_IP, 0x1010, 0x1010, 3, FRAME_OK },
		{ PERF_RECORD_MISC_EXACT_IP, 0x100c, 0x100c, 3, FRAME_OK },
		{ PERF_RECORD_MISC_EXACT_IP, 0x0e00, 0x0e00, 1, FRAME_SKID },
		{ PERF_RECORD_MISC_EXACT_IP, 0x1011, 0x1011, 1, FRAME_SKID },
		{ 0, 0x0e00, 0x1010, 3, FRAME_OK },
	};
	static struct stack stack;
	const u64 chain[] = { (u64)PERF_CONTEXT_KERNEL, KERNEL_BASE + 0x1010, KERNEL_BASE + 0x2000,
			      KERNEL_BASE + 0x3000 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct sample sample = {
			.misc = (u16)(PERF_RECORD_MISC_KERNEL | rows[i].misc),
			.space = SPACE_KERNEL,
			.ip = KERNEL_BASE + rows[i].ip,
			.chain = chain,
			.chain_len = ARRAY_LEN(chain),
		};

		stack.count = 0;
		unwind_kernel_chain(&sample, 1, &stack);
		unwind_settle_kernel(&sample, &stack);
		CHECK_EQ(stack.count, rows[i].count);
		CHECK_EQ(stack.frames[0].offset, rows[i].leaf);
		CHECK_EQ(stack.frames[0].status, rows[i].status);
	}
}

static bool start_world(struct world *w)
{
	struct err *err;
	struct thread *self;

	*w = (struct world){ .modules = modules_new() };
	w->processes = processes_new(w->modules, &(struct processes_options){ .everything = true });
	err = processes_attach(w->processes, (u32)getpid());
	if (!err)
		err = loader_start(&w->loader, w->modules);
	if (err)
		return err_report(err), false;
	self = processes_thread(w->processes, (u32)getpid(), (u32)getpid());
	w->space = self->process->space;
	w->unwinder = unwinder_new(w->loader);
	unwinder_set_lbr_depth(w->unwinder, LBR_DEPTH);
	return true;
}

int main(void)
{
	struct machine probe;
	struct world w;

	test_kernel_leaf();
	if (!start_child(&probe))
		CHECK_SKIP("no right to trace a child (ptrace)");
	kill(probe.child, SIGKILL);
	waitpid(probe.child, NULL, 0);
	if (!CHECK(start_world(&w)))
		return check_done();
	for (size_t i = 0; i < ARRAY_LEN(plays); i++)
		test_play(&w, &plays[i]);
	test_continue(&w);
	test_other_reasons(&w);
	unwinder_free(w.unwinder);
	loader_stop(w.loader);
	processes_free(w.processes);
	modules_free(w.modules);
	return check_done();
}
