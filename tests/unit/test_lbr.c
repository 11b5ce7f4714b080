/*
 * Stitching of LBR call stacks against a model of the hardware.
 *
 * The model has registers and knows the true stack; a program calls and returns at random, is
 * sampled now and then, and whatever comes out must be the newest part of the true stack.
 */
#include "profiler/unwind/lbr.h"

#include "tests/unit/check.h"
#include "tests/unit/records.h"

#define STACK_MAX 400

struct cpu {
	u32 depth; /* registers */
	struct lbr_call regs[64];
	u32 top; /* register of the newest */
	u32 used;
	u32 base; /* added to all indices: where the ring began */
	struct lbr_call stack[STACK_MAX]; /* the truth, oldest first */
	u32 height;
};

static void cpu_call(struct cpu *cpu, u64 from, u64 to)
{
	if (cpu->height == STACK_MAX)
		return;
	cpu->stack[cpu->height++] = (struct lbr_call){ from, to };
	cpu->top = (cpu->top + 1) % cpu->depth;
	cpu->regs[cpu->top] = (struct lbr_call){ from, to };
	cpu->used += cpu->used < cpu->depth;
}

static void cpu_return(struct cpu *cpu)
{
	if (!cpu->height)
		return;
	cpu->height--;
	if (!cpu->used)
		return; /* that call was overwritten */
	cpu->regs[cpu->top] = (struct lbr_call){ 0 };
	cpu->top = (cpu->top + cpu->depth - 1) % cpu->depth;
	cpu->used--;
}

static void cpu_sample(const struct cpu *cpu, struct sample *out, struct perf_branch_entry *entries)
{
	*out = (struct sample){
		.tid = 1,
		.branches = entries,
		.branches_len = cpu->used,
		.are_calls = true,
		.has_hw_idx = true,
		.hw_idx = cpu->top,
	};
	for (u32 i = 0; i < cpu->used; i++) {
		const struct lbr_call *c = &cpu->regs[(cpu->top + cpu->depth - i) % cpu->depth];

		entries[i] = (struct perf_branch_entry){ .from = c->from, .to = c->to };
	}
}

/* Every call comes from a place of its own, so what is not the truth cannot look like it. */
static u64 next_place = 1;

static bool is_newest_part(const struct cpu *cpu, const struct lbr_calls *calls)
{
	if (calls->count > cpu->height)
		return false;
	for (u32 i = 0; i < calls->count; i++)
		if (calls->calls[i].from != cpu->stack[cpu->height - 1 - i].from ||
		    calls->calls[i].to != cpu->stack[cpu->height - 1 - i].to)
			return false;
	return true;
}

/* Ways to stitch: the unwinder's, and some that are wrong and must be seen to be. */
struct stitcher {
	struct lbr *lbr; /* of the right one */
	struct lbr_calls last; /* of the wrong ones: what was given out, and where it began */
	u64 last_index;
};

typedef void stitch(struct stitcher *st, const struct sample *sample, u32 depth,
		    struct lbr_calls *out);

static void stitch_right(struct stitcher *st, const struct sample *sample, u32 depth,
			 struct lbr_calls *out)
{
	lbr_read(st->lbr, sample, depth, out);
}

static void take_held(const struct sample *sample, struct lbr_calls *out)
{
	*out = (struct lbr_calls){ .count = (u32)sample->branches_len };
	out->held = out->count;
	for (u32 i = 0; i < out->count; i++)
		out->calls[i] = (struct lbr_call){ sample->branches[i].from,
						   sample->branches[i].to };
}

/* Goes on with what the last sample had from index `at` on. */
static void append_last(struct stitcher *st, u32 at, const struct sample *sample,
			struct lbr_calls *out)
{
	while (out->count && at < st->last.count && out->count < LBR_CALLS_MAX)
		out->calls[out->count++] = st->last.calls[at++];
	st->last = *out;
	st->last_index = sample->hw_idx;
}

/* Where registers lap over, it does not look whether they hold the same calls. */
static void stitch_unseen(struct stitcher *st, const struct sample *sample, u32 depth,
			  struct lbr_calls *out)
{
	u64 oldest;

	take_held(sample, out);
	oldest = sample->hw_idx + depth - (out->held - 1) % depth;
	append_last(st, (u32)((st->last_index + depth - oldest % depth) % depth) + 1, sample, out);
}

/* One register off: the call that both have is there twice. */
static void stitch_off_by_one(struct stitcher *st, const struct sample *sample, u32 depth,
			      struct lbr_calls *out)
{
	lbr_read(st->lbr, sample, depth, out);
	if (out->count > out->held) {
		memmove(out->calls + out->held + 1, out->calls + out->held,
			(out->count - out->held - 1) * sizeof *out->calls);
		out->calls[out->held] = out->calls[out->held - 1];
	}
}

/* Takes an index of -1 for a register. */
static void stitch_minus_one(struct stitcher *st, const struct sample *sample, u32 depth,
			     struct lbr_calls *out)
{
	struct sample without = *sample;

	without.hw_idx = UINT64_MAX;
	stitch_unseen(st, &without, depth, out);
}

/* Upstream perf's: the base is not reduced modulo the depth, and one equal entry is enough. */
static void stitch_unreduced(struct stitcher *st, const struct sample *sample, u32 depth,
			     struct lbr_calls *out)
{
	u64 base, distance;
	bool same;

	take_held(sample, out);
	base = depth - out->held + sample->hw_idx + 1;
	distance = st->last_index > base ? st->last_index - base : depth + st->last_index - base;
	same = out->count && distance < st->last.held &&
	       st->last.calls[distance].from == out->calls[out->count - 1].from;
	append_last(st, same ? (u32)distance + 1 : st->last.count, sample, out);
}

struct outcome {
	u64 deep, stitched, wrong;
};

static struct outcome run_program(stitch *stitch_one)
{
	static const u32 depths[] = { 8, 16, 32 };
	struct outcome result = { 0 };

	for (unsigned round = 0; round < 300; round++) {
		struct cpu cpu = { .depth = depths[round % 3], .top = (u32)random_under(8) };
		struct stitcher st = { .lbr = lbr_new() };
		struct perf_branch_entry entries[64];
		struct lbr_calls calls;
		struct sample sample;

		for (unsigned step = 0; step < 2000; step++) {
			/* Phases that go up and phases that come back. */
			if (random_under(100) < (step / 100 % 2 ? 40u : 62u))
				cpu_call(&cpu, next_place++, 1);
			else
				cpu_return(&cpu);
			if (random_under(12))
				continue;
			cpu_sample(&cpu, &sample, entries);
			stitch_one(&st, &sample, cpu.depth, &calls);
			result.wrong += !is_newest_part(&cpu, &calls);
			result.deep += cpu.height > cpu.depth;
			result.stitched += calls.count > calls.held;
			/* What is said to be all is all that was recorded since the start. */
			if (stitch_one == stitch_right && !calls.full && cpu.height <= cpu.depth)
				CHECK_EQ(calls.held, cpu.used);
		}
		lbr_free(st.lbr);
	}
	return result;
}

static void test_property(void)
{
	struct outcome right = run_program(stitch_right), perf = run_program(stitch_unreduced);

	CHECK_EQ(right.wrong, 0);
	/* It must do something: half of the deep stacks are longer than the hardware's. */
	printf("%llu deep stacks, %llu stitched; perf's way %llu\n", (unsigned long long)right.deep,
	       (unsigned long long)right.stitched, (unsigned long long)perf.stitched);
	CHECK(right.deep > 10000 && right.stitched * 2 > right.deep);
	/* Around the wrap perf's way finds no overlap, or another one. */
	CHECK(perf.wrong || perf.stitched * 10 < right.stitched * 9);
}

/* The property is worth something: it sees every one of these. */
static void test_wrong_stitching_is_seen(void)
{
	static const struct {
		const char *what;
		stitch *stitch;
	} rows[] = {
		{ "content not compared", stitch_unseen },
		{ "off by one", stitch_off_by_one },
		{ "-1 for a register", stitch_minus_one },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct outcome outcome = run_program(rows[i].stitch);

		printf("%s: %llu wrong\n", rows[i].what, (unsigned long long)outcome.wrong);
		check_that_(outcome.wrong > 100, __FILE__, __LINE__, "%s is not seen",
			    rows[i].what);
	}
}

/* The picture in lbr.h. */
static void test_picture(void)
{
	struct perf_branch_entry first[8], second[8];
	const char *first_names = "jihgfedc", *second_names = "mlkjihgf";
	struct sample a = {
		.tid = 1, .branches = first, .branches_len = 8, .has_hw_idx = true, .hw_idx = 1
	};
	struct sample b = {
		.tid = 1, .branches = second, .branches_len = 8, .has_hw_idx = true, .hw_idx = 4
	};
	struct lbr *lbr = lbr_new();
	struct lbr_calls calls;
	char got[32];

	for (unsigned i = 0; i < 8; i++) {
		first[i] = (struct perf_branch_entry){ .from = (u64)first_names[i], .to = 1 };
		second[i] = (struct perf_branch_entry){ .from = (u64)second_names[i], .to = 1 };
	}
	lbr_read(lbr, &a, 8, &calls);
	CHECK_EQ(calls.count, 8);
	lbr_read(lbr, &b, 8, &calls);
	for (u32 i = 0; i < calls.count; i++)
		got[i] = (char)calls.calls[i].from;
	got[calls.count] = '\0';
	CHECK_STR(got, "mlkjihgfedc");
	CHECK_EQ(calls.held, 8);
	CHECK(calls.full);
	lbr_free(lbr);
}

/* Another thread whose memory would stand in the same slot. */
static u32 stranger_of(u32 tid)
{
	u32 other = tid + 1;

	while (hash_u64(other) % 1024 != hash_u64(tid) % 1024)
		other++;
	return other;
}

/* Recursion looks the same in every register: an index that is always 0 must not be believed. */
static void test_recursion_without_index(void)
{
	struct perf_branch_entry entries[8];
	struct sample sample = { .tid = 1, .branches = entries, .has_hw_idx = true };
	struct lbr *lbr = lbr_new();
	struct lbr_calls calls;

	for (unsigned i = 0; i < 8; i++)
		entries[i] = (struct perf_branch_entry){ .from = 5, .to = 6 };
	for (sample.branches_len = 8; sample.branches_len > 4; sample.branches_len--) {
		lbr_read(lbr, &sample, 8, &calls);
		CHECK_EQ(calls.count, sample.branches_len);
	}
	lbr_free(lbr);
}

/* Where the index says nothing, or the thread is another one, nothing is stitched. */
static void test_not_valid(void)
{
	static const struct {
		const char *why;
		bool has_index;
		u64 index[2];
		u32 depth, tid;
		bool forgotten;
		u32 count;
	} rows[] = {
		{ "valid", true, { 1, 4 }, 8, 1, false, 11 },
		{ "no index recorded", false, { 1, 4 }, 8, 1, false, 8 },
		{ "Architectural LBR: always 0", true, { 0, 0 }, 8, 1, false, 8 },
		{ "PEBS without an index", true, { 1, UINT64_MAX }, 8, 1, false, 8 },
		{ "more than there are registers", true, { 1, 12 }, 8, 1, false, 8 },
		{ "depth not known", true, { 1, 4 }, 0, 1, false, 8 },
		{ "another thread", true, { 1, 4 }, 8, 0, false, 8 },
		{ "exec in between", true, { 1, 4 }, 8, 1, true, 8 },
		{ "one register off", true, { 1, 5 }, 8, 1, false, 8 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lbr *lbr = lbr_new();
		struct lbr_calls calls;

		for (u32 n = 0; n < 2; n++) {
			struct perf_branch_entry entries[8];
			struct sample sample = {
				.tid = !n || rows[i].tid ? 1 : stranger_of(1),
				.branches = entries,
				.branches_len = 8,
				.has_hw_idx = rows[i].has_index,
				.hw_idx = rows[i].index[n],
			};

			for (unsigned k = 0; k < 8; k++)
				entries[k] = (struct perf_branch_entry){
					.from = 100 + 3 * n - k,
					.to = 1,
				};
			if (n && rows[i].forgotten)
				lbr_forget(lbr, 1);
			lbr_read(lbr, &sample, rows[i].depth, &calls);
		}
		check_that_(calls.count == rows[i].count, __FILE__, __LINE__, "%s: %u calls",
			    rows[i].why, calls.count);
		lbr_free(lbr);
	}
}

/* Plain mode's zero entries end the list; absurd lengths stay within the arrays. */
static void test_odd_lists(void)
{
	static struct perf_branch_entry many[2000];
	struct lbr *lbr = lbr_new();
	struct sample sample = { .tid = 1, .branches = many, .branches_len = 2000 };
	struct lbr_calls calls;

	for (unsigned i = 0; i < 2000; i++)
		many[i].from = i + 1;
	lbr_read(lbr, &sample, 32, &calls);
	CHECK_EQ(calls.count, LBR_CALLS_MAX);
	many[5].from = 0;
	lbr_read(lbr, &sample, 32, &calls);
	CHECK_EQ(calls.count, 5);
	sample.branches_len = 0;
	sample.has_hw_idx = true;
	sample.hw_idx = 3;
	lbr_read(lbr, &sample, 32, &calls);
	CHECK_EQ(calls.count, 0);
	lbr_free(lbr);
}

int main(void)
{
	test_picture();
	test_property();
	test_wrong_stitching_is_seen();
	test_not_valid();
	test_recursion_without_index();
	test_odd_lists();
	return check_done();
}
