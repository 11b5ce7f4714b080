/* Pairs of frames between which functions are missing, and what these are called. */
#include "report/symbols/missing.h"

#include <stdlib.h>

#include <aprof/alloc.h>

#define MOST_JUMPS 8 /* from one function to the next: more are not told apart */

/*
 * Only where the unwinder went by the rules of .eh_frame is the callee's return address in the
 * caller for certain: a chain of frame pointers skips functions that keep none.
 */
static bool is_exact(const struct frame *frame)
{
	return frame->status == FRAME_OK &&
	       (frame->source == SOURCE_TABLE || frame->source == SOURCE_LIBUNWIND ||
		frame->source == SOURCE_BPF);
}

static bool may_miss(const struct profile *profile, const struct frame *caller,
		     const struct frame *callee)
{
	return caller->lookup == LOOKUP_RETURN && caller->module == callee->module &&
	       caller->module < profile->module_count && is_exact(caller) && is_exact(callee);
}

void missing_init(struct missing *missing, const struct profile *profile)
{
	*missing = (struct missing){ .profile = profile, .frame_count = profile->frame_count };
	intern_init(&missing->pairs);
	missing->by_stack = xcalloc((size_t)profile->stack_count + 1, sizeof(u32));
	for (u32 i = 0; i < profile->stack_count; i++) {
		u32 parent = profile->stacks[i].parent, pair[2];

		missing->by_stack[i] = NO_ID;
		if (parent >= i)
			continue;
		pair[0] = profile->stacks[parent].frame;
		pair[1] = profile->stacks[i].frame;
		if (pair[0] >= profile->frame_count || pair[1] >= profile->frame_count ||
		    !may_miss(profile, &profile->frames[pair[0]], &profile->frames[pair[1]]))
			continue;
		missing->by_stack[i] = intern_bytes(&missing->pairs, pair, sizeof pair);
		if (missing->by_stack[i] == missing->list.len)
			*vec_push(&missing->list) =
				(struct missing_pair){ pair[0], pair[1], NO_ID };
	}
}

void missing_release(struct missing *missing)
{
	intern_release(&missing->pairs);
	vec_release(&missing->list);
	vec_release(&missing->ways);
	vec_release(&missing->hops);
	free(missing->by_stack);
}

/* A way, its jumps from the search's. */
struct found_way {
	u32 pair;
	struct tail_way way;
};

/* What is missing in one job's module. */
struct missing_search {
	const struct missing *missing;
	struct job *job;
	struct VEC(struct found_way) ways;
	struct jump_vec jumps;
};

static bool has_names(struct job *job, const struct tail_way *way)
{
	for (u32 i = 0; i < way->count; i++)
		if (!job_symbol_at(job, way->hops[i].entry))
			return false;
	return true;
}

static void find(struct missing_search *search)
{
	const struct missing *missing = search->missing;
	const struct frame *frames = missing->profile->frames;
	struct job *job = search->job;
	struct binary *own = job->files[FILE_OWN];
	struct tails *tails = tails_new(own);

	for (u32 i = 0; i < missing->list.len; i++) {
		const struct missing_pair *pair = &missing->list.data[i];
		const struct frame *caller = &frames[pair->caller], *callee = &frames[pair->callee];
		struct found_way it = { .pair = i };
		u64 call, inside;

		if (caller->module != job->id)
			continue;
		call = binary_offset_to_vaddr(own, symbols_looked_up(caller));
		inside = binary_offset_to_vaddr(own, symbols_looked_up(callee));
		if (call != UINT64_MAX && inside != UINT64_MAX &&
		    tails_find(tails, call + 1, inside, &search->jumps, &it.way) &&
		    has_names(job, &it.way))
			*vec_push(&search->ways) = it;
	}
	tails_free(tails);
}

/* Jumps that are too many are not told apart. */
static u32 jumps_of(const struct tail_hop *hop)
{
	return hop->count <= MOST_JUMPS ? hop->count : 0;
}

static void add_place(struct job *job, u64 vaddr, u32 *frame, bool symbol_only)
{
	*vec_push(&job->places) = (struct place){
		.offset = binary_vaddr_to_offset(job->files[FILE_OWN], vaddr),
		.frame = (*frame)++,
		.made_up = true,
		.symbol_only = symbol_only,
	};
}

/* Frames are numbered from 0: other jobs' are still being looked for. */
static void add_places(const struct missing_search *search)
{
	u32 frame = 0;

	vec_each(&search->ways, it) {
		for (u32 i = 0; i < it->way.count; i++) {
			const struct tail_hop *hop = &it->way.hops[i];

			for (u32 k = 0; k < jumps_of(hop); k++)
				add_place(search->job, search->jumps.data[hop->first + k].from,
					  &frame, false);
			add_place(search->job, hop->entry, &frame, true);
		}
	}
}

static void run_search(void *arg, size_t i)
{
	struct missing_search *search = (struct missing_search *)arg + i;

	if (search->job->files[FILE_OWN]) {
		find(search);
		add_places(search);
	}
	job_come(search->job);
}

void missing_start(struct missing *missing, struct crew *crew, struct job *jobs, size_t count)
{
	missing->searches = xcalloc(count, sizeof *missing->searches);
	for (size_t i = 0; i < count; i++)
		missing->searches[i] = (struct missing_search){ missing, &jobs[i], .ways = { 0 } };
	missing->crew = crew;
}

void missing_search(void *arg, size_t job)
{
	struct missing *missing = arg;

	crew_add(missing->crew, run_search, missing->searches, job,
		 job_weight(missing->searches[job].job, JOB_SEARCH));
}

static void add_way(struct missing *missing, const struct tail_way *way)
{
	*vec_push(&missing->ways) =
		(struct missing_way){ .hops = (u32)missing->hops.len, .count = way->count };
	for (u32 i = 0; i < way->count; i++) {
		u32 jumps = jumps_of(&way->hops[i]);

		*vec_push(&missing->hops) = (struct missing_hop){ missing->frame_count, jumps };
		missing->frame_count += jumps + 1;
	}
}

void missing_finish(struct missing *missing, struct job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct missing_search *search = &missing->searches[i];

		vec_each(&jobs[i].places, place)
			if (place->made_up)
				place->frame += missing->frame_count;
		vec_each(&search->ways, it) {
			missing->list.data[it->pair].way = (u32)missing->ways.len;
			add_way(missing, &it->way);
		}
		vec_release(&search->ways);
		vec_release(&search->jumps);
	}
	free(missing->searches);
	missing->searches = NULL;
}

static bool same_functions(struct missing_chain a, struct missing_chain b)
{
	if (a.count != b.count)
		return false;
	for (u32 i = 0; i < a.count; i++)
		if (a.at[i].function != b.at[i].function)
			return false;
	return true;
}

/* What all the jumps of a function are in; its symbol where they disagree. */
static struct missing_chain chain_of_hop(const struct missing_hop *hop, missing_chain_of *chain_of,
					 void *arg)
{
	struct missing_chain symbol = chain_of(arg, hop->first + hop->jumps), chain;

	if (!hop->jumps)
		return symbol;
	chain = chain_of(arg, hop->first);
	for (u32 i = 1; i < hop->jumps; i++)
		if (!same_functions(chain, chain_of(arg, hop->first + i)))
			return symbol;
	return chain;
}

void missing_collect(const struct missing *missing, missing_chain_of *chain_of, void *arg,
		     struct missing_frames *out, struct missing_first *first)
{
	for (size_t w = 0; w < missing->ways.len; w++) {
		const struct missing_way *way = &missing->ways.data[w];

		*vec_push(first) = (u32)out->len;
		for (u32 i = way->count; i-- > 0;) {
			struct missing_chain chain = chain_of_hop(
				&missing->hops.data[way->hops + i], chain_of, arg);

			vec_append(out, chain.at, chain.count);
		}
	}
	*vec_push(first) = (u32)out->len;
}

u32 *missing_by_stack(const struct missing *missing)
{
	u32 *ways, count = missing->profile->stack_count;

	if (!missing->ways.len)
		return NULL;
	ways = xcalloc((size_t)count + 1, sizeof *ways);
	for (u32 i = 0; i < count; i++) {
		u32 pair = missing->by_stack[i];

		ways[i] = pair == NO_ID ? NO_ID : missing->list.data[pair].way;
	}
	return ways;
}
