/* Frames from the hardware's record of calls: a stack of its own, or the rest of a cut one. */
#include "profiler/unwind/lbr.h"
#include "profiler/unwind/unwind.h"
#include "profiler/unwind/walk.h"

void unwinder_set_lbr_depth(struct unwinder *u, u32 depth)
{
	u->lbr_depth = depth;
}

void unwinder_forget_thread(struct unwinder *u, u32 tid)
{
	if (u->lbr)
		lbr_forget(u->lbr, tid);
}

static void read_calls(struct unwinder *u, const struct sample *sample, struct lbr_calls *calls)
{
	if (!u->lbr)
		u->lbr = lbr_new();
	lbr_read(u->lbr, sample, u->lbr_depth, calls);
}

static struct frame frame_at(const struct space *space, u64 address, enum frame_source source)
{
	const struct mapping *map = space_find(space, address);

	return (struct frame){
		.offset = map ? address - map->start + map->offset : address,
		.module = map ? map->module : NO_ID,
		.lookup = LOOKUP_IP, /* the call itself, not behind it */
		.space = SPACE_USER,
		.source = (u8)source,
	};
}

/* The oldest call is made by code that nobody called, as far as rules are there to tell. */
static bool may_be_start(struct unwinder *u, const struct space *space, u64 address)
{
	struct view *view = view_of(&u->views, space);
	const struct mapping *map = space_find(space, address);
	struct place *place = map ? &view->places[map - space->maps] : NULL;

	if (!place || place_waits(place, u->loader) || place->state != PLACE_READY || !place->table)
		return true;
	return rule_kind(table_rule(place->table, address + place->bias)) == RULE_END;
}

/* Calls from `first` on, and how they end. */
static enum stop_reason push_calls(struct unwinder *u, const struct lbr_calls *calls, u32 first,
				   const struct space *space, struct stack *out)
{
	for (u32 i = first; i < calls->count; i++) {
		struct frame frame = frame_at(space, calls->calls[i].from, SOURCE_LBR);

		if (out->count >= APROF_MAX_DEPTH)
			return STOP_DEPTH;
		if (frame.module == NO_ID)
			return STOP_NOT_EXECUTABLE;
		out->frames[out->count++] = frame;
	}
	if (calls->full ||
	    (calls->count && !may_be_start(u, space, calls->calls[calls->count - 1].from)))
		return STOP_COPY_END;
	return STOP_END;
}

/*
 * The calls of a precise sample are the interrupt's; where the branches are part of the PEBS record
 * (Ice Lake and later) they are the event's, after its instruction.
 */
static bool has_event_calls(const struct unwinder *u, const struct sample *s)
{
	return u->event_registers && (s->misc & PERF_RECORD_MISC_EXACT_IP) != 0;
}

/* The user address that the calls lead to; of a sample in the kernel, where it entered that. */
static bool user_ip(const struct sample *s, bool of_event, u64 *ip)
{
	if (s->space == SPACE_USER) {
		*ip = s->ip;
		if (!of_event)
			sample_interrupted_at(s, ip);
		return true;
	}
	for (u64 i = 0; i + 1 < s->chain_len; i++) {
		if (s->chain[i] == (u64)PERF_CONTEXT_USER) {
			*ip = s->chain[i + 1];
			return true;
		}
	}
	return false;
}

void unwind_calls(struct unwinder *u, const struct sample *sample, const struct space *space,
		  struct stack *out)
{
	bool of_event = has_event_calls(u, sample), returned;
	struct lbr_calls calls;
	enum stop_reason stop;
	u32 from = out->count, first;
	u64 ip;

	read_calls(u, sample, &calls);
	/* A return has taken its call away: the calls are those of where it led to. */
	returned = of_event && instruction_at(u, space, sample->ip) == INSTRUCTION_RETURN;
	of_event &= !returned;
	/* entries[0].to is no leaf: jumps to where the thread is now leave no trace in call-stack
	   mode (PLT stubs, tail calls). */
	if (user_ip(sample, of_event, &ip) && returned && calls.count &&
	    !in_one_function(u, space, calls.calls[0].to, ip)) {
		/* By the interrupt it was somewhere else again, maybe back in the event's function. */
		skid_alone(u, sample, space, out);
		stack_count(&u->stats, out, from, STOP_SKID);
		return;
	}
	if (user_ip(sample, of_event, &ip) && out->count < APROF_MAX_DEPTH)
		out->frames[out->count++] = frame_at(space, ip, SOURCE_TABLE);
	else if (!calls.count)
		return; /* a thread of the kernel */
	/* The event may be the newest call itself. */
	first = of_event && calls.count && calls.calls[0].from == ip;
	stop = push_calls(u, &calls, first, space, out);
	stack_end(out, stop, SOURCE_LBR);
	stack_count(&u->stats, out, from, stop);
	if (of_event)
		mark_skid(u, sample, space, &out->frames[from]);
	else
		unwind_settle(u, sample, space, from, out);
}

/* A call of at most seven bytes returns to where the frame goes on. */
static bool is_call_of(const struct frame *frame, const struct space *space, u64 address)
{
	struct frame call = frame_at(space, address, SOURCE_LBR);

	return frame->lookup == LOOKUP_RETURN && frame->module == call.module &&
	       call.module != NO_ID && call.offset < frame->offset &&
	       frame->offset - call.offset <= 7;
}

/* Frames that must be calls of the record, in a row, for the two to be laid over each other. */
#define SAME_ENOUGH 4

/* Calls that lead from call `at`, that of the frame `last`, to newer ones as the frames do. */
static u32 same_calls(const struct lbr_calls *calls, u32 at, const struct space *space,
		      const struct stack *out, u32 from, u32 last)
{
	u32 same = 0;

	while (same <= at && last - same > from &&
	       is_call_of(&out->frames[last - same], space, calls->calls[at - same].from))
		same++;
	return same;
}

/*
 * The call by which the last whole frame of the stack goes on; calls->count if there is none. A call
 * that has not returned is a frame, so the n-th call belongs to the n-th caller; signals shift that.
 * Recursion makes the same calls many times: what fits at several places, and not there, is unknown.
 */
static u32 find_last(const struct lbr_calls *calls, const struct space *space,
		     const struct stack *out, u32 from, u32 last)
{
	u32 expected = last - from - 1, found = calls->count;

	for (u32 i = 0; i < calls->count; i++) {
		if (same_calls(calls, i, space, out, from, last) <
		    u64_min(SAME_ENOUGH, u64_min(i + 1, last - from)))
			continue;
		if (i == expected)
			return i;
		found = found == calls->count ? i : calls->count + 1;
	}
	return found;
}

void unwind_continue(struct unwinder *u, const struct sample *sample, const struct space *space,
		     u32 from, struct stack *out)
{
	struct lbr_calls calls;
	enum stop_reason stop;
	u32 last, at;

	/* Also where nothing is cut: later samples are stitched to this one. */
	read_calls(u, sample, &calls);
	if (out->count < from + 3)
		return; /* a caller is needed to find the place */
	last = out->count - 1;
	if (!frame_is_end(&out->frames[last]) || out->frames[last].offset != STOP_COPY_END)
		return;
	at = find_last(&calls, space, out, from, last - 1);
	if (at + 1 >= calls.count)
		return; /* it knows no more than the copy did */
	out->count = last;
	stop = push_calls(u, &calls, at + 1, space, out);
	u->stats.by_stop[STOP_COPY_END]--;
	u->stats.by_stop[stop]++;
	stack_end(out, stop, SOURCE_LBR);
}
