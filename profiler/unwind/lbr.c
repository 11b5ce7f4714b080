/* The hardware's record of calls, continued beyond its few registers. */
#include "profiler/unwind/lbr.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

/* Threads that are remembered: one that falls into another's slot begins anew. */
#define THREADS_MAX 1024

struct memory {
	u32 tid;
	u32 newest; /* register of the newest entry */
	struct lbr_calls calls;
};

struct lbr {
	struct memory *threads[THREADS_MAX];
	bool index_is_real; /* some sample had an index other than 0 */
};

struct lbr *lbr_new(void)
{
	return xzalloc(sizeof(struct lbr));
}

void lbr_free(struct lbr *lbr)
{
	if (!lbr)
		return;
	for (size_t i = 0; i < THREADS_MAX; i++)
		free(lbr->threads[i]);
	free(lbr);
}

static struct memory **slot_of(struct lbr *lbr, u32 tid)
{
	return &lbr->threads[hash_u64(tid) % THREADS_MAX];
}

void lbr_forget(struct lbr *lbr, u32 tid)
{
	struct memory **slot = slot_of(lbr, tid);

	if (*slot && (*slot)->tid == tid) {
		free(*slot);
		*slot = NULL;
	}
}

/* The entries that the hardware held. Call-stack mode ends at the first register that is empty. */
static void take_entries(const struct sample *sample, u32 depth, struct lbr_calls *out)
{
	out->count = 0;
	for (u64 i = 0; i < sample->branches_len && out->count < LBR_CALLS_MAX; i++) {
		const struct perf_branch_entry *e = &sample->branches[i];

		if (!e->from)
			break;
		out->calls[out->count++] = (struct lbr_call){ e->from, e->to };
	}
	out->held = out->count;
	out->full = depth && out->count >= depth;
}

/*
 * The index means something on Intel CPUs before Architectural LBR. With that one (Alder Lake,
 * Sapphire Rapids and later) and on AMD, entry 0 is the newest wherever it stands and the index stays
 * 0; PEBS records without a readable one have -1 (arch/x86/events/intel/{lbr,ds}.c).
 */
static bool has_index(struct lbr *lbr, const struct sample *sample, u32 depth)
{
	if (!sample->has_hw_idx || !depth || sample->hw_idx >= depth)
		return false;
	lbr->index_is_real |= sample->hw_idx != 0;
	return lbr->index_is_real;
}

static bool same_call(const struct lbr_call *a, const struct lbr_call *b)
{
	return a->from == b->from && a->to == b->to;
}

/*
 * How many of the oldest entries stand in the same registers with the same content in both. One may
 * be chance where a loop calls the same function again and again, so four are asked for, or all that
 * overlap. Returns the index in `old` of the entry that is `now`'s oldest, or -1.
 */
#define SAME_ENOUGH 4

static i32 overlap_of(const struct lbr_calls *old, u32 old_newest, const struct lbr_calls *now,
		      u32 now_newest, u32 depth)
{
	u32 oldest_register = (now_newest + depth - (now->held - 1) % depth) % depth;
	u32 at = (old_newest + depth - oldest_register) % depth;
	u32 overlap = (u32)u64_min(at + 1, now->held), same = 0;

	if (at >= old->held)
		return -1;
	while (same < overlap &&
	       same_call(&old->calls[at - same], &now->calls[now->held - 1 - same]))
		same++;
	return same >= u64_min(overlap, SAME_ENOUGH) ? (i32)at : -1;
}

static void stitch(const struct memory *old, struct lbr_calls *now, u32 now_newest, u32 depth)
{
	i32 at = overlap_of(&old->calls, old->newest, now, now_newest, depth);
	u32 more;

	if (at < 0)
		return;
	more = old->calls.count - ((u32)at + 1);
	more = (u32)u64_min(more, LBR_CALLS_MAX - now->count);
	memcpy(now->calls + now->count, old->calls.calls + at + 1, more * sizeof *now->calls);
	now->count += more;
	/* What the earlier one knew to be the bottom still is. */
	now->full = old->calls.full || more < old->calls.count - ((u32)at + 1);
}

void lbr_read(struct lbr *lbr, const struct sample *sample, u32 depth, struct lbr_calls *out)
{
	struct memory **slot = slot_of(lbr, sample->tid);

	take_entries(sample, depth, out);
	if (!has_index(lbr, sample, depth) || !out->held || out->held > depth) {
		lbr_forget(lbr, sample->tid);
		return;
	}
	if (*slot && (*slot)->tid == sample->tid)
		stitch(*slot, out, (u32)sample->hw_idx, depth);
	if (!*slot)
		*slot = xmalloc(sizeof **slot);
	(*slot)->tid = sample->tid;
	(*slot)->newest = (u32)sample->hw_idx;
	(*slot)->calls = *out;
}
