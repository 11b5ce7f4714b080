/* The walk up a stack: each kind of rule, each way to end, and what is done without rules. */
#include <stdio.h>

#include "tests/unit/check.h"
#include "tests/unit/unwind_scene.h"

static struct scene scene;

#define STACK(n) (STACK_TOP + 8 * (u64)(n))
#define RBP scene.sample.regs.reg[UREG_BP]

/* Sets the stack copy, from its start. */
static void words(size_t count, const u64 *values)
{
	memset(scene.words, 0, sizeof scene.words);
	memcpy(scene.words, values, count * sizeof *values);
}
#define WORDS(...) \
	words(sizeof((u64[]){ __VA_ARGS__ }) / sizeof(u64), (const u64[]){ __VA_ARGS__ })

/* The frames that came out: offsets in the text, and how the stack ended. */
static bool check_frames(const char *what, const u32 *want, size_t count, enum stop_reason stop)
{
	const struct stack *s = &scene.stack;
	u32 frames = s->count;
	enum stop_reason got = STOP_END;
	bool ok = true;

	if (frames && frame_is_end(&s->frames[frames - 1]))
		got = (enum stop_reason)s->frames[--frames].offset;
	ok &= CHECK_EQ(frames, count);
	ok &= CHECK_STR(stop_reason_text(got), stop_reason_text(stop));
	for (u32 i = 0; i < frames && i < count; i++)
		ok &= CHECK_EQ(s->frames[i].offset, want[i] + TEXT_OFFSET);
	if (!ok)
		fprintf(stderr, "... %s\n", what);
	return ok;
}
#define FRAMES(what, stop, ...)                                                     \
	check_frames((what), (const u32[]){ __VA_ARGS__ },                          \
		     sizeof((u32[]){ __VA_ARGS__ }) / sizeof(u32), (stop))

static const struct frame *frame(u32 i)
{
	return &scene.stack.frames[i];
}

static void test_plain(void)
{
	/* leaf <- rsp + 64 <- start */
	WORDS(AT(FN_RSP) + 8, 1, 2, 3, 4, 5, 6, 7, AT(FN_START) + 9);
	scene_unwind(&scene, AT(FN_LEAF) + 3, 100, false);
	FRAMES("three frames", STOP_END, FN_LEAF + 3, FN_RSP + 8, FN_START + 9);
	CHECK_EQ(frame(0)->lookup, LOOKUP_IP);
	CHECK_EQ(frame(1)->lookup, LOOKUP_RETURN);
	CHECK_EQ(frame(1)->module, 0);
	CHECK_EQ(frame(1)->source, SOURCE_TABLE);
	CHECK_EQ(frame(1)->space, SPACE_USER);

	/* A call that never returns is the last instruction: the address behind it is elsewhere. */
	WORDS(AT(FN_RSP) + 0x100, 1, 2, 3, 4, 5, 6, 7, AT(FN_START) + 9);
	scene_unwind(&scene, AT(FN_LEAF), 100, false);
	FRAMES("noreturn call at the end", STOP_END, FN_LEAF, FN_RSP + 0x100, FN_START + 9);

	WORDS(0);
	scene_unwind(&scene, AT(FN_LEAF), 100, false);
	FRAMES("return address zero", STOP_END, FN_LEAF);
	scene_unwind(&scene, AT(FN_START), 100, false);
	FRAMES("return address undefined", STOP_END, FN_START);
}

static void test_rbp(void)
{
	/* rbp of FN_RBP's frame at word 3; it saved FN_RBP's caller's, at word 9. */
	WORDS(1, 2, 3, STACK(9), AT(FN_RBP) + 9, 5, 6, 7, 8, 0, AT(FN_START) + 1);
	RBP = STACK(3);
	scene_unwind(&scene, AT(FN_RBP) + 0x20, 100, false);
	FRAMES("by rbp", STOP_END, FN_RBP + 0x20, FN_RBP + 9, FN_START + 1);

	/* At the entry nothing is pushed; one instruction on, rbp is. */
	WORDS(AT(FN_RBP) + 9, 5, 6, 7, 8, 0, AT(FN_START) + 1);
	RBP = STACK(5);
	scene_unwind(&scene, AT(FN_RBP), 100, false);
	FRAMES("at the entry", STOP_END, FN_RBP, FN_RBP + 9, FN_START + 1);
	WORDS(STACK(5), AT(FN_RBP) + 9, 6, 7, 8, 0, AT(FN_START) + 1);
	RBP = 1;
	scene_unwind(&scene, AT(FN_RBP) + 1, 100, false);
	FRAMES("after the push", STOP_END, FN_RBP + 1, FN_RBP + 9, FN_START + 1);

	/* At the ret the rule still says "rbp at CFA - 16", which is below rsp: not copied. */
	WORDS(AT(FN_RBP) + 9, 5, 6, 7, 8, 0, AT(FN_START) + 1);
	RBP = STACK(5);
	scene_unwind(&scene, AT(FN_RBP) + 0x80, 100, false);
	FRAMES("at the ret", STOP_END, FN_RBP + 0x80, FN_RBP + 9, FN_START + 1);

	/* FN_RSP keeps rbp at CFA - 24, which is word 5. */
	WORDS(0, 1, 2, 3, 4, STACK(10), 6, AT(FN_RBP) + 9, 8, 9, 0, AT(FN_START) + 1);
	RBP = 1;
	scene_unwind(&scene, AT(FN_RSP), 100, false);
	FRAMES("rbp in a slot", STOP_END, FN_RSP, FN_RBP + 9, FN_START + 1);
}

static void test_kinds(void)
{
	/* DRAP: rbp at word 4, *(rbp - 8) is the CFA, *rbp the caller's rbp. */
	WORDS(0, 1, 2, STACK(8), STACK(12), 5, 6, AT(FN_RBP) + 9, 8, 9, 10, 11, 0, AT(FN_START) + 1);
	RBP = STACK(4);
	scene_unwind(&scene, AT(FN_DRAP) + 1, 100, false);
	FRAMES("realigned stack", STOP_END, FN_DRAP + 1, FN_RBP + 9, FN_START + 1);

	/* The old rsp, word 5, is kept at word 2; above it the return address. rbp below. */
	WORDS(0, 1, STACK(5), 3, STACK(9), AT(FN_RBP) + 9, 6, 7, 8, 0, AT(FN_START) + 1);
	RBP = 1;
	scene_unwind(&scene, AT(FN_DEREF) + 1, 100, false);
	FRAMES("old rsp on the stack", STOP_END, FN_DEREF + 1, FN_RBP + 9, FN_START + 1);

	WORDS(AT(FN_START) + 1, AT(FN_START) + 2);
	scene_unwind(&scene, AT(FN_PLT) + 0x1a, 100, false);
	FRAMES("PLT before its push", STOP_END, FN_PLT + 0x1a, FN_START + 1);
	scene_unwind(&scene, AT(FN_PLT) + 0x1b, 100, false);
	FRAMES("PLT behind its push", STOP_END, FN_PLT + 0x1b, FN_START + 2);

	WORDS(0, 0, AT(FN_START) + 1);
	scene.sample.regs.reg[UREG_R10] = STACK(1);
	scene_unwind(&scene, AT(FN_R10), 100, false);
	FRAMES("CFA in r10", STOP_END, FN_R10, FN_START + 1);
}

/* rt_sigframe without its return address: the ucontext, rbp at 120, rsp at 160, rip at 168. */
static void signal_frame(size_t at, u64 bp, u64 sp, u64 ip)
{
	scene.words[at + 15] = bp;
	scene.words[at + 20] = sp;
	scene.words[at + 21] = ip;
}

static void test_signals(void)
{
	/* The interrupted function is at its first instruction: looked up there, not a byte before. */
	WORDS(AT(FN_SIGRETURN));
	signal_frame(1, STACK(50), STACK(40), AT(FN_RBP));
	scene.words[40] = AT(FN_RBP) + 9;
	scene.words[51] = AT(FN_START) + 1;
	scene_unwind(&scene, AT(FN_LEAF), 100, false);
	FRAMES("handler", STOP_END, FN_LEAF, FN_SIGRETURN, FN_RBP, FN_RBP + 9, FN_START + 1);
	CHECK_EQ(frame(1)->lookup, LOOKUP_IP);
	CHECK_EQ(frame(2)->lookup, LOOKUP_IP);
	CHECK_EQ(frame(3)->lookup, LOOKUP_RETURN);

	WORDS(AT(FN_MUSL_SIGRETURN));
	signal_frame(1, 0, STACK(40), AT(FN_LEAF) + 1);
	scene.words[40] = AT(FN_START) + 1;
	scene_unwind(&scene, AT(FN_LEAF), 100, false);
	FRAMES("handler, without a rule for the way back", STOP_END, FN_LEAF, FN_MUSL_SIGRETURN,
	       FN_LEAF + 1, FN_START + 1);

	/* On a stack of its own: what it interrupted is known, but not what called that. */
	WORDS(AT(FN_SIGRETURN));
	signal_frame(1, 0, 0x7f1200000000, AT(FN_LEAF) + 1);
	scene_unwind(&scene, AT(FN_LEAF), 100, false);
	FRAMES("sigaltstack", STOP_COPY_END, FN_LEAF, FN_SIGRETURN, FN_LEAF + 1);
}

static void test_ends(void)
{
	WORDS(AT(FN_RSP) + 1);
	scene_unwind(&scene, AT(FN_LEAF), 8, true);
	FRAMES("copy too short", STOP_COPY_END, FN_LEAF, FN_RSP + 1);
	CHECK_EQ(frame(2)->status, FRAME_TRUNCATED);
	scene_unwind(&scene, AT(FN_LEAF), 8, false);
	FRAMES("stack too short", STOP_BAD_RULE, FN_LEAF, FN_RSP + 1);
	CHECK_EQ(frame(2)->status, FRAME_FAILED);

	/* A wild rbp is not a matter of the copy's size. */
	WORDS(0);
	RBP = 0x1234567812345670;
	scene_unwind(&scene, AT(FN_RBP) + 0x20, 8, true);
	FRAMES("wild rbp", STOP_BAD_RULE, FN_RBP + 0x20);
	RBP = STACK(3) + 4;
	scene_unwind(&scene, AT(FN_RBP) + 0x20, 100, true);
	FRAMES("odd rbp", STOP_BAD_RULE, FN_RBP + 0x20);
	RBP = STACK(0) - 64;
	scene_unwind(&scene, AT(FN_RBP) + 0x20, 100, true);
	FRAMES("backwards", STOP_BAD_RULE, FN_RBP + 0x20);

	WORDS(0x1234);
	scene_unwind(&scene, AT(FN_LEAF), 100, false);
	FRAMES("return into nowhere", STOP_NOT_EXECUTABLE, FN_LEAF);
	scene_unwind(&scene, 0x1234, 100, false);
	CHECK_EQ(scene.stack.count, 2);
	CHECK_EQ(frame(0)->module, NO_ID);
	CHECK_EQ(frame(0)->offset, 0x1234);
	CHECK_EQ(frame(1)->offset, STOP_NO_MAP);

	scene_unwind(&scene, AT(FN_LEAF), 0, true);
	FRAMES("no stack", STOP_NO_STACK, FN_LEAF);
	scene.sample.regs.is_32bit = true;
	scene_unwind(&scene, AT(FN_LEAF), 100, true);
	CHECK_EQ(scene.stack.count, 1);
	CHECK_EQ(frame(0)->offset, STOP_NO_STACK);
	scene.sample.regs.is_32bit = false;

	/* Endless recursion, in a copy that holds more frames than a stack may have. */
	for (size_t i = 0; i < ARRAY_LEN(scene.words); i++)
		scene.words[i] = AT(FN_LEAF) + 5;
	scene_unwind(&scene, AT(FN_LEAF), ARRAY_LEN(scene.words), true);
	CHECK_EQ(scene.stack.count, APROF_MAX_DEPTH + 1);
	CHECK_EQ(frame(APROF_MAX_DEPTH)->offset, STOP_DEPTH);
	CHECK_EQ(frame(APROF_MAX_DEPTH)->status, FRAME_TRUNCATED);
}

static void test_no_rule(void)
{
	/* The word at rsp points behind a call, direct or indirect. */
	WORDS(AT(FN_CALLER) + 5, 0, 0, 0, AT(FN_START) + 1);
	RBP = 0;
	scene_unwind(&scene, AT(FN_NO_RULE) + 4, 100, false);
	FRAMES("guess", STOP_END, FN_NO_RULE + 4, FN_CALLER + 5, FN_START + 1);
	CHECK_EQ(frame(1)->source, SOURCE_GUESS);
	CHECK_EQ(frame(2)->source, SOURCE_TABLE);
	WORDS(AT(FN_CALLER) + 0x12, 0, 0, 0, AT(FN_START) + 1);
	scene_unwind(&scene, AT(FN_NO_RULE) + 4, 100, false);
	FRAMES("guess, indirect call", STOP_END, FN_NO_RULE + 4, FN_CALLER + 0x12, FN_START + 1);

	/* Executable, but not behind a call. */
	WORDS(AT(FN_CALLER) + 6, 0, 0, 0, AT(FN_START) + 1);
	scene_unwind(&scene, AT(FN_NO_RULE) + 4, 100, false);
	FRAMES("no guess", STOP_NO_RULE, FN_NO_RULE + 4);

	/* Then by rbp, if that leads behind a call. */
	WORDS(1, 2, STACK(9), AT(FN_CALLER) + 5, 0, 0, 0, AT(FN_START) + 1);
	RBP = STACK(2);
	scene_unwind(&scene, AT(FN_NO_RULE) + 4, 100, false);
	FRAMES("rbp", STOP_END, FN_NO_RULE + 4, FN_CALLER + 5, FN_START + 1);
	CHECK_EQ(frame(1)->source, SOURCE_FP);
	scene.words[3]++;
	scene_unwind(&scene, AT(FN_NO_RULE) + 4, 100, false);
	FRAMES("rbp that leads nowhere", STOP_NO_RULE, FN_NO_RULE + 4);

	/* argc, argv, NULL: the entry of ld.so. */
	WORDS(2, STACK(70), STACK(80), 0, STACK(90), 0);
	RBP = 0;
	scene_unwind(&scene, AT(FN_NO_RULE) + 4, 100, false);
	FRAMES("start of the process", STOP_END, FN_NO_RULE + 4);

	/* Behind clone in the new thread, which sees 0; in the old one, and at other code. */
	WORDS(1, 2, 3);
	scene.sample.regs.reg[UREG_AX] = 0;
	scene_unwind(&scene, AT(FN_NO_RULE) + 0x42, 100, false);
	FRAMES("start of a thread", STOP_END, FN_NO_RULE + 0x42);
	scene_unwind(&scene, AT(FN_NO_RULE) + 0x47, 100, false);
	FRAMES("start of a thread, a jump later", STOP_END, FN_NO_RULE + 0x47);
	scene_unwind(&scene, AT(FN_NO_RULE) + 0x46, 100, false);
	FRAMES("not behind a syscall", STOP_NO_RULE, FN_NO_RULE + 0x46);
	scene.sample.regs.reg[UREG_AX] = 77;
	scene_unwind(&scene, AT(FN_NO_RULE) + 0x42, 100, false);
	FRAMES("the other thread", STOP_NO_RULE, FN_NO_RULE + 0x42);
}

static void test_jit(void)
{
	/* Two frames of generated code with frame pointers, called by ours. */
	WORDS(1, STACK(4), JIT_MAPPED + 0x20, 3, STACK(8), AT(FN_CALLER) + 5, 6, 7, 8,
	      AT(FN_START) + 1);
	RBP = STACK(1);
	scene_unwind(&scene, JIT_MAPPED + 0x10, 100, false);
	CHECK_EQ(scene.stack.count, 4);
	CHECK_EQ(frame(0)->module, 1);
	CHECK_EQ(frame(0)->offset, JIT_MAPPED + 0x10);
	CHECK_EQ(frame(1)->offset, JIT_MAPPED + 0x20);
	CHECK_EQ(frame(1)->source, SOURCE_FP);
	CHECK_EQ(frame(2)->offset, TEXT_OFFSET + FN_CALLER + 5);
	CHECK_EQ(frame(3)->offset, TEXT_OFFSET + FN_START + 1);

	/* A saved rbp that goes backwards proves nothing. */
	scene.words[1] = STACK(0);
	scene_unwind(&scene, JIT_MAPPED + 0x10, 100, false);
	CHECK_EQ(scene.stack.count, 2);
	CHECK_EQ(frame(1)->offset, STOP_NO_RULE);
}

static void test_libunwind(void)
{
	WORDS(1, AT(FN_RSP) + 8, 1, 2, 3, 4, 5, 6, 7, AT(FN_START) + 9);
	RBP = 1;
	scene_unwind(&scene, AT(FN_OTHER), 100, false);
	FRAMES("an expression of its own", STOP_END, FN_OTHER, FN_RSP + 8, FN_START + 9);
	CHECK_EQ(frame(1)->source, SOURCE_LIBUNWIND);
	CHECK_EQ(frame(2)->source, SOURCE_TABLE);

	/* Twice in one stack, and again: the state of one walk is not used for another. */
	for (int i = 0; i < 2; i++) {
		WORDS(AT(FN_OTHER) + 1, 1, AT(FN_LEAF) + 2, AT(FN_OTHER) + 3, 4, AT(FN_START) + 9);
		scene_unwind(&scene, AT(FN_LEAF) + (u64)i, 100, false);
		FRAMES("twice in one stack", STOP_END, FN_LEAF + (u32)i, FN_OTHER + 1, FN_LEAF + 2,
		       FN_OTHER + 3, FN_START + 9);
	}

	/* The CFA is in rbx, which only a walk from the leaf restores. */
	WORDS(STACK(5), AT(FN_RBX) + 4, 2, 3, 4, 5, AT(FN_START) + 9);
	scene.sample.regs.reg[UREG_BX] = 1;
	scene_unwind(&scene, AT(FN_SAVES_RBX) + 1, 100, false);
	FRAMES("CFA in rbx", STOP_END, FN_SAVES_RBX + 1, FN_RBX + 4, FN_START + 9);
	CHECK_EQ(frame(2)->source, SOURCE_LIBUNWIND);

	WORDS(1);
	scene_unwind(&scene, AT(FN_OTHER), 1, true);
	FRAMES("copy ends", STOP_COPY_END, FN_OTHER);
}

static void test_chains(void)
{
	const u64 chain[] = {
		PERF_CONTEXT_KERNEL, KERNEL_BASE + 0x100, 0, KERNEL_BASE + 0x200,
		PERF_CONTEXT_USER,   AT(FN_LEAF) + 3,     AT(FN_RSP) + 0x100, JIT_MAPPED,
		AT(FN_START),
	};
	struct stack *s = &scene.stack;

	scene.sample.chain = chain;
	scene.sample.chain_len = ARRAY_LEN(chain);
	s->count = 0;
	unwind_kernel_chain(&scene.sample, 7, s);
	if (!CHECK_EQ(s->count, 2))
		return;
	CHECK_EQ(s->frames[0].offset, 0x100);
	CHECK_EQ(s->frames[0].module, 7);
	CHECK_EQ(s->frames[0].space, SPACE_KERNEL);
	CHECK_EQ(s->frames[0].lookup, LOOKUP_IP);
	CHECK_EQ(s->frames[1].offset, 0x200);
	CHECK_EQ(s->frames[1].lookup, LOOKUP_RETURN);

	s->count = 0;
	unwind_chain(&scene.sample, scene.space, s);
	/* JIT_MAPPED - 1 is not mapped: the chain ends there, and what follows is not believed. */
	FRAMES("callchain", STOP_NOT_EXECUTABLE, FN_LEAF + 3, FN_RSP + 0x100);
	CHECK_EQ(s->frames[0].source, SOURCE_FP);
	CHECK_EQ(s->frames[1].lookup, LOOKUP_RETURN);

	s->count = 0;
	scene.sample.chain_len = 4;
	unwind_chain(&scene.sample, scene.space, s);
	CHECK_EQ(s->count, 0);
}

static void test_stats(void)
{
	const struct unwind_stats *stats = unwinder_stats(scene.unwinder);
	u64 stops = 0, sources = 0;

	for (int i = 0; i < STOP_COUNT; i++)
		stops += stats->by_stop[i];
	for (int i = 0; i < SOURCE_COUNT; i++)
		sources += stats->by_source[i];
	CHECK_EQ(stops, stats->stacks);
	CHECK_EQ(sources, stats->frames);
	CHECK(stats->by_source[SOURCE_LIBUNWIND] >= 6);
}

int main(void)
{
	scene_open(&scene);
	test_plain();
	test_rbp();
	test_kinds();
	test_signals();
	test_ends();
	test_no_rule();
	test_jit();
	test_libunwind();
	test_chains();
	test_stats();
	scene_close(&scene);
	return check_done();
}
