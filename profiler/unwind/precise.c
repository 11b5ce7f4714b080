/*
 * Precise samples: the event's address and the interrupt's stack, joined where the code proves it.
 *
 * PEBS and IBS record the address of the instruction that caused the event; the interrupt comes some
 * instructions later. The kernel gives the sample the precise address, as IP and in the registers,
 * but the stack that it copies is the interrupt's. So are sp and the other registers before Ice Lake;
 * from then on they are of the event, after its instruction was carried out, and the copy starts at
 * that sp. (arch/x86/events/intel/ds.c: setup_pebs_fixed_sample_data, setup_adaptive_pebs_sample_data.)
 */
#include "profiler/unwind/unwind.h"

#include "profiler/unwind/walk.h"

void unwinder_set_event_registers(struct unwinder *u, bool yes)
{
	u->event_registers = yes;
}

/* With no table to ask, an event is this close before its interrupt within one function. */
#define NEAR 64

bool sample_interrupted_at(const struct sample *s, u64 *ip)
{
	/* attr.precise_ip alone proves nothing: perf leaves it set on software events. */
	if (!(s->misc & PERF_RECORD_MISC_EXACT_IP) || s->space != SPACE_USER)
		return false;
	for (u64 i = 0; i + 1 < s->chain_len; i++) {
		if (s->chain[i] != (u64)PERF_CONTEXT_USER)
			continue;
		*ip = s->chain[i + 1];
		return *ip < (u64)PERF_CONTEXT_MAX && *ip != s->ip;
	}
	return false;
}

struct spot { /* an address as code */
	u64 offset;
	u32 module; /* NO_ID: in no mapping */
	const struct table *table; /* NULL: not known */
	u64 function; /* file offset of its start; UINT64_MAX: not known */
};

static struct spot spot_at(struct unwinder *u, const struct space *space, u64 address)
{
	struct view *view = view_of(&u->views, space);
	const struct mapping *map = space_find(space, address);
	struct spot spot = { .offset = address, .module = NO_ID, .function = UINT64_MAX };
	struct place *place;

	if (!map)
		return spot;
	place = &view->places[map - space->maps];
	spot.offset = address + place->bias;
	spot.module = place->module;
	place_waits(place, u->loader);
	if (place->state == PLACE_READY && place->table) {
		spot.table = place->table;
		spot.function = table_function(place->table, spot.offset);
	}
	return spot;
}

/* The table of a frame's module, if a place of the space leads to it. */
static const struct table *table_of_frame(struct unwinder *u, const struct space *space,
					  const struct frame *frame)
{
	struct view *view = view_of(&u->views, space);

	for (u32 i = 0; i < view->count; i++) {
		struct place *place = &view->places[i];

		if (place->module == frame->module && place->state == PLACE_READY && place->table)
			return place->table;
	}
	return NULL;
}

static u64 function_of_frame(struct unwinder *u, const struct space *space,
			     const struct frame *frame)
{
	const struct table *table = table_of_frame(u, space, frame);

	return table ? table_function(table, frame->offset - (frame->lookup == LOOKUP_RETURN)) :
		       UINT64_MAX;
}

static bool same_function(const struct spot *event, u32 module, u64 function, u64 offset)
{
	if (event->module != module || module == NO_ID)
		return false;
	if (event->function != UINT64_MAX || function != UINT64_MAX)
		return event->function == function;
	return event->offset <= offset && offset - event->offset < NEAR;
}

static struct frame leaf_of(const struct spot *event, enum frame_status status)
{
	return (struct frame){
		.offset = event->offset,
		.module = event->module,
		.lookup = LOOKUP_IP,
		.space = SPACE_USER,
		.source = SOURCE_TABLE,
		.status = (u8)status,
	};
}

/* Where the direct call that ends at a file offset leads; UINT64_MAX: none does. */
static u64 call_target(const struct table *table, u64 behind)
{
	size_t length = call_before(table, behind);
	const u8 *call = length == 5 ? table_text(table, behind - 5, 5) : NULL;
	i32 distance;

	if (!call || *call != 0xe8)
		return UINT64_MAX;
	memcpy(&distance, call + 1, sizeof distance);
	return behind + (u64)(i64)distance;
}

/*
 * The event was in a function that has returned to where the interrupt came: a call stands shortly
 * before, and names that function as its target. Returns the offset behind it. A call by pointer or
 * through the PLT names none: another function may lie between, so it proves nothing.
 */
static u64 returned_to(const struct spot *event, const struct spot *now)
{
	if (!now->table || event->module != now->module || event->function == UINT64_MAX)
		return 0;
	for (u64 at = now->offset; at + NEAR > now->offset && at > 7; at--)
		if (call_target(now->table, at) == event->function &&
		    table_function(now->table, at - 1) == now->function)
			return at;
	return 0;
}

static enum instruction instruction_of(const struct spot *spot)
{
	const u8 *text = spot->table ? table_text(spot->table, spot->offset, 3) : NULL;

	if (!text)
		return INSTRUCTION_UNKNOWN;
	/* Prefixes of padding, branch tracking and wider registers: f3, 3e, REX. */
	if (*text == 0xf3 || *text == 0x3e || (*text & 0xf0) == 0x40)
		text++;
	if (*text == 0xc3 || *text == 0xc2)
		return INSTRUCTION_RETURN;
	if (*text == 0xe8 || (*text == 0xff && (text[1] >> 3 & 7) == 2))
		return INSTRUCTION_CALL;
	return INSTRUCTION_OTHER;
}

enum instruction instruction_at(struct unwinder *u, const struct space *space, u64 address)
{
	struct spot spot = spot_at(u, space, address);

	return instruction_of(&spot);
}

/* The frame is that of the event's call: its instruction, or up to seven bytes behind that. */
static bool is_its_call(const struct spot *event, const struct frame *caller)
{
	u64 behind = caller->offset - event->offset;

	if (event->module != caller->module || instruction_of(event) != INSTRUCTION_CALL)
		return false;
	return caller->lookup == LOOKUP_RETURN ? behind >= 2 && behind <= 7 : behind == 0;
}

bool in_one_function(struct unwinder *u, const struct space *space, u64 a, u64 b)
{
	struct spot x = spot_at(u, space, a), y = spot_at(u, space, b);

	return x.module == y.module && x.function == y.function && x.function != UINT64_MAX;
}

void skid_alone(struct unwinder *u, const struct sample *sample, const struct space *space,
		struct stack *out)
{
	struct spot event = spot_at(u, space, sample->ip);

	out->frames[out->count++] = leaf_of(&event, FRAME_SKID);
	stack_end(out, STOP_SKID, SOURCE_TABLE);
}

/* Callers of `leaf` are what stands at `from` now. */
static void put_in_front(struct stack *out, u32 from, struct frame leaf)
{
	if (out->count >= APROF_MAX_DEPTH)
		out->count--;
	memmove(out->frames + from + 1, out->frames + from,
		(out->count - from) * sizeof *out->frames);
	out->frames[from] = leaf;
	out->count++;
}

static void settle(struct unwinder *u, const struct space *space, const struct spot *event,
		   const struct spot *now, u32 from, struct stack *out)
{
	struct frame *first = &out->frames[from], *caller = first + 1;
	bool has_caller = out->count - from > 1 && !frame_is_end(caller);
	bool same = same_function(event, now->module, now->function, now->offset);
	u64 back;

	/* Within one function, as nearly always, unless that has called itself. */
	if (same && !(has_caller && is_its_call(event, caller))) {
		*first = leaf_of(event, FRAME_OK);
		return;
	}
	/* The event was at, or before, a call; the interrupt came in the callee. */
	if (has_caller && same_function(event, caller->module,
					function_of_frame(u, space, caller), caller->offset)) {
		memmove(first, caller, (out->count - from - 1) * sizeof *first);
		out->count--;
		*first = leaf_of(event, FRAME_SKID);
		return;
	}
	back = returned_to(event, now);
	if (back) {
		first->offset = back;
		first->lookup = LOOKUP_RETURN;
		put_in_front(out, from, leaf_of(event, FRAME_SKID));
		return;
	}
	out->count = from + 1;
	*first = leaf_of(event, FRAME_SKID);
	stack_end(out, STOP_SKID, SOURCE_TABLE);
}

void unwind_settle(struct unwinder *u, const struct sample *sample, const struct space *space,
		   u32 from, struct stack *out)
{
	struct spot event = spot_at(u, space, sample->ip), now;
	u64 interrupted;

	if (out->count == from || !sample_interrupted_at(sample, &interrupted))
		return;
	now = spot_at(u, space, interrupted);
	settle(u, space, &event, &now, from, out);
}

void mark_skid(struct unwinder *u, const struct sample *sample, const struct space *space,
	       struct frame *leaf)
{
	struct spot event = spot_at(u, space, sample->ip), now;
	u64 interrupted;

	if (!sample_interrupted_at(sample, &interrupted))
		return;
	now = spot_at(u, space, interrupted);
	if (!same_function(&event, now.module, now.function, now.offset))
		leaf->status = FRAME_SKID;
}

void unwind_settle_kernel(const struct sample *sample, struct stack *out)
{
	u64 event = sample->ip - KERNEL_BASE;
	struct frame *first = &out->frames[0];

	if (!(sample->misc & PERF_RECORD_MISC_EXACT_IP) || !out->count || first->offset == event)
		return;
	if (first->offset - event >= NEAR) {
		/* Whose callers those are is not known; what entered the kernel is. */
		out->count = 1;
		first->status = FRAME_SKID;
	}
	first->offset = event;
}

enum verdict {
	VERDICT_PROVED, /* leads to an address behind a call, or to the start of the thread */
	VERDICT_REFUTED, /* leads to what is none */
	VERDICT_UNKNOWN, /* leads nowhere, for another reason than these registers */
	VERDICT_WAITS, /* for a table */
};

static enum verdict judge_caller(struct walk *w)
{
	struct place *place = walk_find(w, w->exact ? w->ip : w->ip - 1);

	if (!place)
		return VERDICT_REFUTED;
	if (place_waits(place, w->unwinder->loader)) {
		w->waits_for = place->module;
		return VERDICT_WAITS;
	}
	/* Over a signal's frame the next address is no return address. */
	if (w->exact || place->state == PLACE_FAILED || walk_prove(w, w->ip) != PROOF_NONE)
		return VERDICT_PROVED;
	return VERDICT_REFUTED;
}

/* One step from there. */
static enum verdict try_start(struct walk *w, u64 ip, u64 sp, u32 from, struct stack *out)
{
	enum stop_reason stop;

	w->ip = ip;
	w->sp = sp;
	stop = walk_one(w, out);
	out->count = from;
	if (w->waits_for != NO_ID)
		return VERDICT_WAITS;
	if (stop == GO_ON)
		return judge_caller(w);
	if (stop == STOP_BAD_RULE)
		return VERDICT_REFUTED;
	if (stop != STOP_END)
		return VERDICT_UNKNOWN;
	/* Not a zero that happens to stand where the return address should. */
	return w->place->table &&
			       rule_kind(table_rule(w->place->table, ip + w->place->bias)) == RULE_END ?
		       VERDICT_PROVED :
		       VERDICT_REFUTED;
}

/* x86's longest instruction. */
#define INSTRUCTION_MAX 15

/* Where another rule begins, if the instruction at `ip` may be what it begins behind; else `ip`. */
static u64 rule_behind(struct unwinder *u, const struct space *space, u64 ip)
{
	struct spot spot = spot_at(u, space, ip);

	if (!spot.table)
		return ip;
	for (u64 n = 1; n <= INSTRUCTION_MAX; n++)
		if (table_rule(spot.table, spot.offset + n) != table_rule(spot.table, spot.offset))
			return ip + n;
	return ip;
}

/*
 * Instructions of prologues and epilogues that move rbp or rsp: the rule before them is wrong behind
 * them, and may be wrong in a way that proves itself, since rbp is a caller's by then, or what an
 * older call left stands where the return address would. Returns the length of such a one at `ip`, 0
 * if it is none, or .eh_frame knows nothing of it.
 */
static size_t moves_frame(struct unwinder *u, const struct space *space, u64 ip)
{
	static const struct {
		u8 code[4], mask[4], bytes, length;
		bool moves_rbp;
	} table[] = {
		{ { 0x55 }, { 0xf7 }, 1, 1, true }, /* push and pop of rbp */
		{ { 0xc9 }, { 0xff }, 1, 1, true }, /* leave */
		{ { 0x48, 0x89, 0xe5 }, { 0xff, 0xff, 0xff }, 3, 3, true }, /* mov %rsp,%rbp */
		{ { 0x50 }, { 0xf0 }, 1, 1, false }, /* of rax to rdi */
		{ { 0x41, 0x50 }, { 0xff, 0xf0 }, 2, 2, false }, /* of r8 to r15 */
		{ { 0x6a }, { 0xff }, 1, 2, false }, /* push $1 */
		{ { 0x68 }, { 0xff }, 1, 5, false }, /* push $0x1000 */
		{ { 0x48, 0x83, 0xc4 }, { 0xff, 0xff, 0xd7 }, 3, 4, false }, /* add, sub, and of rsp */
		{ { 0x48, 0x81, 0xc4 }, { 0xff, 0xff, 0xd7 }, 3, 7, false }, /* the same by 32 bits */
		{ { 0x48, 0x8d, 0x64, 0x24 }, { 0xff, 0xff, 0xff, 0xff }, 4, 5, false }, /* lea 8(%rsp),%rsp */
		{ { 0x48, 0x8d, 0xa4, 0x24 }, { 0xff, 0xff, 0xff, 0xff }, 4, 8, false },
	};
	struct spot spot = spot_at(u, space, ip);

	for (size_t i = 0; spot.table && i < ARRAY_LEN(table); i++) {
		const u8 *text = table_text(spot.table, spot.offset, table[i].bytes);
		bool same = text != NULL;

		for (size_t k = 0; same && k < table[i].bytes; k++)
			same = (text[k] & table[i].mask[k]) == table[i].code[k];
		if (!same)
			continue;
		/* Where .eh_frame does not follow rsp, the rule is as wrong behind it. */
		if (!table[i].moves_rbp &&
		    table_rule(spot.table, spot.offset) ==
			    table_rule(spot.table, spot.offset + table[i].length))
			return 0;
		return table[i].length;
	}
	return 0;
}

struct start { /* where a walk may begin */
	u64 ip, sp;
	bool of_event; /* the first frame is the event's; else the interrupt's */
};

#define STARTS_MAX 4

/*
 * The event's frame from registers after its instruction: the rule to use is that behind it, where
 * one begins there; else a push has made the CFA 8 bytes further away, a pop 8 bytes nearer. A call's
 * and a return's effect is known.
 */
static size_t list_event_starts(struct unwinder *u, const struct sample *sample,
				const struct space *space, struct start *out)
{
	enum instruction instruction = instruction_at(u, space, sample->ip);
	u64 ip = sample->ip, sp = sample->regs.reg[UREG_SP], behind;
	size_t n = 0, length;

	if (instruction == INSTRUCTION_RETURN)
		return 0; /* the slot of its return address is below the copy */
	length = moves_frame(u, space, ip);
	if (length) {
		out[0] = (struct start){ ip + length, sp, true };
		return 1;
	}
	if (instruction != INSTRUCTION_CALL) {
		out[n++] = (struct start){ ip, sp, true };
		behind = rule_behind(u, space, ip);
		if (behind != ip)
			out[n++] = (struct start){ behind, sp, true };
		else
			out[n++] = (struct start){ ip, sp - 8, true };
	}
	out[n++] = (struct start){ ip, sp + 8, true };
	return n;
}

/* What the registers may be, the likeliest first. */
static size_t list_starts(struct unwinder *u, const struct sample *sample,
			  const struct space *space, u64 interrupted, struct start *out)
{
	const struct start interrupt = { interrupted, sample->regs.reg[UREG_SP], false };
	size_t n;

	if (!u->event_registers) {
		out[0] = interrupt;
		return 1 + list_event_starts(u, sample, space, out + 1);
	}
	n = list_event_starts(u, sample, space, out);
	out[n] = interrupt;
	return n + 1;
}

/*
 * The frames of a walk from the event's registers: it is the event's stack, unless the event's
 * function has returned and what was called next stands in its place.
 */
static void settle_event(struct unwinder *u, const struct space *space, const struct spot *event,
			 const struct spot *now, u32 from, struct stack *out)
{
	const struct frame *caller = &out->frames[from + 1];
	const struct table *table;
	u64 target = UINT64_MAX;

	if (same_function(event, now->module, now->function, now->offset)) {
		out->frames[from] = leaf_of(event, FRAME_OK);
		return;
	}
	table = out->count - from > 1 ? table_of_frame(u, space, caller) : NULL;
	if (table && caller->lookup == LOOKUP_RETURN && caller->module == event->module)
		target = call_target(table, caller->offset);
	if (target != UINT64_MAX && table_function(table, target) != event->function) {
		out->count = from + 1;
		stack_end(out, STOP_SKID, SOURCE_TABLE);
	}
	out->frames[from] = leaf_of(event, FRAME_SKID);
}

static enum unwind_result walk_from(struct unwinder *u, const struct sample *sample,
				    const struct space *space, const struct start *start,
				    bool final, struct stack *out, u32 *wait_module)
{
	struct spot event = spot_at(u, space, sample->ip), now;
	u64 interrupted = sample->ip;
	u32 from = out->count;
	struct walk w;

	walk_start(&w, u, sample, space);
	w.ip = start->ip;
	w.sp = start->sp;
	if (walk_rest(&w, from, final, out, wait_module) == UNWIND_WAIT)
		return UNWIND_WAIT;
	sample_interrupted_at(sample, &interrupted);
	now = spot_at(u, space, interrupted);
	if (start->of_event)
		settle_event(u, space, &event, &now, from, out);
	else
		settle(u, space, &event, &now, from, out);
	return UNWIND_DONE;
}

enum unwind_result unwind_precise(struct unwinder *u, const struct sample *sample,
				  const struct space *space, bool final, struct stack *out,
				  u32 *wait_module)
{
	enum verdict verdict = VERDICT_REFUTED;
	struct start starts[STARTS_MAX];
	u32 from = out->count;
	u64 interrupted;
	size_t count, i;
	struct walk w;

	if (!sample->regs.valid || sample->regs.is_32bit ||
	    !sample_interrupted_at(sample, &interrupted))
		return unwind_user(u, sample, space, final, out, wait_module);
	count = list_starts(u, sample, space, interrupted, starts);
	for (i = 0; i < count; i++) {
		walk_start(&w, u, sample, space);
		verdict = try_start(&w, starts[i].ip, starts[i].sp, from, out);
		if (verdict == VERDICT_WAITS && !final) {
			*wait_module = w.waits_for;
			return UNWIND_WAIT;
		}
		if (verdict != VERDICT_REFUTED)
			break;
	}
	if (verdict != VERDICT_REFUTED)
		return walk_from(u, sample, space, &starts[i], final, out, wait_module);
	/* The interrupt's address and registers belong together, whatever they lead to. */
	if (!u->event_registers)
		return walk_from(u, sample, space, &starts[0], final, out, wait_module);
	skid_alone(u, sample, space, out);
	stack_count(&u->stats, out, from, STOP_SKID);
	return UNWIND_DONE;
}
