/*
 * Precise samples and records of calls, of whatever content: the stack that is made of them ends,
 * within its bounds, and its end is at its end.
 *
 * An input is {u8 flags, u8 registers of the branch stack, u8 entries of the chain, u8 branches, u32
 * index}, then 8 bytes each for the precise address, the register rip, rbp, the chain, the branches'
 * two ends, and the stack. Words below 0x10000 are turned into addresses as in fuzz_unwind.
 */
#include <stdlib.h>

#include "tests/unit/unwind_scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum flag {
	EVENT_REGISTERS = 1,
	IN_KERNEL = 2,
	CALLS = 4, /* the calls alone; else registers, continued by calls */
	CHAIN = 8, /* the chain alone */
	CUT = 16,
	NO_INDEX = 32,
};

static u64 address(u64 word)
{
	if (word >= 0x10000)
		return word;
	switch (word >> 14) {
	case 0:
		return AT(word & 0x1fff);
	case 1:
		return STACK_TOP + (word & 0x3fff);
	case 2:
		return JIT_MAPPED + (word & 0xfff);
	}
	return word & 0x3fff;
}

static void check(const struct stack *s, u32 from)
{
	if (s->count > APROF_MAX_DEPTH + 1)
		abort();
	for (u32 i = from; i < s->count; i++)
		if (s->frames[i].status >= FRAME_STATUS_COUNT ||
		    (frame_is_end(&s->frames[i]) && i + 1 < s->count))
			abort();
}

static void unwind(struct scene *scene, unsigned flags)
{
	struct stack *out = &scene->stack;
	u32 module, from;

	out->count = 0;
	if (flags & IN_KERNEL) {
		unwind_kernel_chain(&scene->sample, 9, out);
		unwind_settle_kernel(&scene->sample, out);
		check(out, 0);
	}
	from = out->count;
	if (flags & CHAIN) {
		unwind_chain(&scene->sample, scene->space, out);
		unwind_settle(scene->unwinder, &scene->sample, scene->space, from, out);
	} else if (flags & CALLS) {
		unwind_calls(scene->unwinder, &scene->sample, scene->space, out);
	} else {
		if (unwind_precise(scene->unwinder, &scene->sample, scene->space, true, out,
				   &module) != UNWIND_DONE)
			abort();
		check(out, from);
		unwind_continue(scene->unwinder, &scene->sample, scene->space, from, out);
	}
	check(out, from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scene scene;
	struct bytes b = bytes_of(data, size);
	struct sample *s = &scene.sample;
	unsigned flags = bytes_u8(&b), depth = bytes_u8(&b);
	u64 chain_len = bytes_u8(&b), branches = bytes_u8(&b), words;
	struct perf_branch_entry *entries = calloc(branches + 1, sizeof *entries);
	u64 *chain = calloc(chain_len + 2, sizeof *chain), *stack;

	if (!scene.table)
		scene_open(&scene);
	*s = (struct sample){ .tid = 1, .are_calls = true };
	s->hw_idx = bytes_u32(&b);
	s->has_hw_idx = !(flags & NO_INDEX);
	s->space = flags & IN_KERNEL ? SPACE_KERNEL : SPACE_USER;
	s->misc = PERF_RECORD_MISC_EXACT_IP;
	s->ip = address(bytes_u64(&b));
	s->regs.asked = s->regs.valid = true;
	s->regs.reg[UREG_IP] = address(bytes_u64(&b));
	s->regs.reg[UREG_BP] = address(bytes_u64(&b));
	s->regs.reg[UREG_SP] = STACK_TOP;
	if (flags & IN_KERNEL) {
		s->ip += KERNEL_BASE;
		chain[s->chain_len++] = (u64)PERF_CONTEXT_KERNEL;
	} else {
		chain[s->chain_len++] = (u64)PERF_CONTEXT_USER;
	}
	for (u64 i = 0; i < chain_len; i++)
		chain[s->chain_len++] = address(bytes_u64(&b));
	s->chain = chain;
	for (u64 i = 0; i < branches; i++) {
		entries[i].from = address(bytes_u64(&b));
		entries[i].to = address(bytes_u64(&b));
	}
	s->branches = entries;
	s->branches_len = branches;
	words = bytes_left(&b) / 8;
	stack = malloc(8 * words + 1);
	for (u64 i = 0; i < words; i++)
		stack[i] = address(bytes_u64(&b));
	s->stack = (const u8 *)stack;
	s->stack_size = 8 * words;
	s->stack_asked = flags & CUT ? s->stack_size : UINT64_MAX;

	unwinder_set_lbr_depth(scene.unwinder, depth);
	unwinder_set_event_registers(scene.unwinder, flags & EVENT_REGISTERS);
	unwinder_forget_thread(scene.unwinder, 1);
	unwind(&scene, flags);
	/* A call later, for the stitching. */
	if (branches) {
		s->hw_idx++;
		memmove(entries + 1, entries, (branches - 1) * sizeof *entries);
		entries[0].from = AT(0x100);
		unwind(&scene, flags);
	}
	free(entries);
	free(chain);
	free(stack);
	return 0;
}
