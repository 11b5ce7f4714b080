/*
 * Steps from code without unwind rules: what can be proved is taken, and marked by its source.
 *
 * Proofs: the code is that of a signal's return; rsp points at what the kernel gave the new process;
 * the word at rsp points behind a call, as it does at the start of a function in assembly and in PLT
 * stubs; rbp leads to a frame whose return address is in executable memory and, where there is text
 * to look at, behind a call.
 */
#include "profiler/unwind/walk.h"

/* Offset of rsp in the ucontext on the stack of a signal frame (struct rt_sigframe, x86-64). */
#define SIGNAL_RSP 160

/* Length of the call that `ff /2` at p is, within `left` bytes; 0 if it is none. */
static size_t indirect_call_length(const u8 *p, size_t left)
{
	u8 mode, rm;

	if (left < 2 || p[0] != 0xff || (p[1] >> 3 & 7) != 2)
		return 0;
	mode = p[1] >> 6;
	rm = p[1] & 7;
	if (mode == 3)
		return 2;
	if (rm == 4) {
		if (left < 3)
			return 0;
		return mode == 1 ? 4 : mode == 2 || (p[2] & 7) == 5 ? 7 : 3;
	}
	if (mode == 0)
		return rm == 5 ? 6 : 2;
	return mode == 1 ? 3 : 6;
}

size_t call_before(const struct table *table, u64 offset)
{
	const u8 *p;

	for (size_t n = 2; n <= 7 && n <= offset; n++) {
		p = table_text(table, offset - n, n);
		if (p && (indirect_call_length(p, n) == n || (n == 5 && *p == 0xe8)))
			return n;
	}
	return 0;
}

enum proof walk_prove(struct walk *w, u64 address)
{
	struct place *place = address ? walk_find(w, address - 1) : NULL;

	if (!place)
		return PROOF_NONE;
	if (place_waits(place, w->unwinder->loader))
		w->waits_for = place->module;
	if (place->state != PLACE_READY)
		return PROOF_NONE;
	if (!place->table || !place->table->bin)
		return PROOF_WEAK;
	return call_before(place->table, address + place->bias) ? PROOF_CALL : PROOF_NONE;
}

static bool text_is(const struct walk *w, u64 ip, const u8 *want, size_t size)
{
	const u8 *text = table_text(w->place->table, ip + w->place->bias, size);

	return text && !memcmp(text, want, size);
}

/* The call of rt_sigreturn that a handler returns to, or in it: musl's has no unwind rule. */
static bool is_signal_return(const struct walk *w)
{
	static const u8 long_form[] = { 0x48, 0xc7, 0xc0, 15, 0, 0, 0, 0x0f, 0x05 };
	static const u8 short_form[] = { 0xb8, 15, 0, 0, 0, 0x0f, 0x05 };

	if (!w->place->table || !w->place->table->bin)
		return false;
	return text_is(w, w->ip, long_form, sizeof long_form) ||
	       text_is(w, w->ip, short_form, sizeof short_form) ||
	       (!w->depth && (text_is(w, w->ip - sizeof long_form, long_form, sizeof long_form) ||
			      text_is(w, w->ip - sizeof short_form, short_form,
				      sizeof short_form)));
}

/*
 * ld.so's entry has no rule: below it stand argc, the arguments, and NULL (psABI, "Process
 * Initialization"), the strings above all of them.
 */
static bool is_process_start(const struct walk *w)
{
	u64 count, first, last;

	return walk_read(w, w->sp, &count) && count - 1 < 1u << 20 &&
	       walk_read(w, w->sp + 8, &first) && first > w->sp + 8 * count &&
	       walk_read(w, w->sp + 8 + 8 * count, &last) && !last;
}

/*
 * A thread's first instruction, behind the clone or clone3 that made it: 0 in rax says that it is the
 * new one. C libraries end the rule before that syscall, since it would be wrong for the new thread
 * (glibc's clone.S and clone3.S). Asked for last: other syscalls without a rule return 0 as well.
 */
static bool is_thread_start(const struct walk *w)
{
	static const u8 code[] = { 0x0f, 0x05, 0x48, 0x85, 0xc0 }; /* syscall; test %rax,%rax */
	static const u8 behind[] = { 2, 5, 7 }; /* each of these, and a short jump */

	if (w->depth || !w->place->table || !w->place->table->bin || w->sample->regs.reg[UREG_AX])
		return false;
	for (size_t i = 0; i < ARRAY_LEN(behind); i++)
		if (text_is(w, w->ip - behind[i], code, sizeof code))
			return true;
	return false;
}

static bool top_of_stack(struct walk *w)
{
	u64 ra;

	if (w->depth || !walk_read(w, w->sp, &ra) || walk_prove(w, ra) != PROOF_CALL)
		return false;
	w->ip = ra;
	w->sp += 8;
	w->exact = false;
	w->source = SOURCE_GUESS;
	return true;
}

static bool frame_pointer(struct walk *w)
{
	u64 ra, bp;
	enum proof proof;

	if (w->bp < w->sp || w->bp % 8 || !walk_read(w, w->bp, &bp) || !walk_read(w, w->bp + 8, &ra))
		return false;
	proof = walk_prove(w, ra);
	/* Without text to look at, the next frame must be a plausible one, too. */
	if (proof == PROOF_NONE || (proof == PROOF_WEAK && bp && bp <= w->bp))
		return false;
	w->ip = ra;
	w->sp = w->bp + 16;
	w->bp = bp;
	w->exact = false;
	w->source = SOURCE_FP;
	return true;
}

enum stop_reason walk_gap(struct walk *w)
{
	if (is_signal_return(w))
		return walk_signal(w, w->sp + SIGNAL_RSP);
	if (is_process_start(w))
		return STOP_END;
	if (top_of_stack(w) || frame_pointer(w))
		return GO_ON;
	return is_thread_start(w) ? STOP_END : STOP_NO_RULE;
}
