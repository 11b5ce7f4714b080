/* One pass over the rows: filter, logical stack, node, counts. */
#include "report/tree/gather.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/progress.h>

/* Logical stack (and event) -> node: a stack is spelled out as a path only once. */
struct path_cache {
	struct path {
		const struct logical_stack *stack;
		u32 event, node;
	} * slots;
	size_t mask, used;
};

/* The nodes of the path of a thread that was spelled last: its next one often begins as it did. */
struct trail {
	const struct logical_stack *stack;
	u32 event;
	struct VEC(u32) nodes; /* of each step */
};

struct gathering {
	const struct profile *profile;
	struct logical *logical;
	const struct gather_options *options;
	struct gathered *all;
	struct filter_ready filter;
	struct quality_stops stops;
	struct path_cache paths;
	struct trail *trails; /* by thread */
	struct VEC(u32) labels; /* by id of the logical name: its label + 1, 0 is not known yet */
	struct progress progress;
	u64 done;
	gather_each *each;
	void *arg;
};

static struct path *path_slot(const struct path_cache *cache, const struct logical_stack *stack,
			      u32 event)
{
	size_t at = hash_u64((u64)(uintptr_t)stack + event) & cache->mask;

	while (cache->slots[at].stack &&
	       (cache->slots[at].stack != stack || cache->slots[at].event != event))
		at = (at + 1) & cache->mask;
	return &cache->slots[at];
}

static void paths_init(struct path_cache *cache, size_t slots)
{
	*cache = (struct path_cache){ .mask = slots - 1 };
	cache->slots = xcalloc(slots, sizeof *cache->slots);
}

static void paths_grow(struct path_cache *cache)
{
	struct path_cache next;

	paths_init(&next, (cache->mask + 1) * 2);
	next.used = cache->used;
	for (size_t i = 0; i <= cache->mask; i++)
		if (cache->slots[i].stack)
			*path_slot(&next, cache->slots[i].stack, cache->slots[i].event) =
				cache->slots[i];
	free(cache->slots);
	*cache = next;
}

static bool is_body(const struct step *step)
{
	return step->kind == STEP_ASYNC || step->kind == STEP_FUTURE;
}

/* The index of the innermost body, before which every body awaits another; 0 if there is none. */
static u32 last_body(const struct step *steps, u32 count)
{
	while (count > 0 && !is_body(&steps[count - 1]))
		count--;
	return count ? count - 1 : 0;
}

static bool keeps_site(const struct gathering *g, const struct step *step, u32 at, u32 last)
{
	switch (g->options->sites) {
	case GATHER_LINES:
		return true;
	case GATHER_AWAITS:
		return step->kind == STEP_ASYNC && at < last;
	case GATHER_NO_SITES:
		break;
	}
	return false;
}

/* Names may be kilobytes: each is looked up once. */
static u32 label_of(struct gathering *g, struct label_set *labels, const struct step *step)
{
	u32 *known;

	if (step->name >= g->labels.len)
		vec_resize(&g->labels, (size_t)step->name + 1);
	known = &g->labels.data[step->name];
	if (*known)
		labels_seen(labels, *known - 1, step->kind, step->unsure, step->function);
	else
		*known = 1 + labels_add(labels, logical_name(g->logical, step->name), step->kind,
					step->unsure, step->function);
	return *known - 1;
}

static bool same_step(const struct step *a, const struct step *b)
{
	return a->name == b->name && a->function == b->function && a->kind == b->kind &&
	       a->unsure == b->unsure && a->site_line == b->site_line &&
	       a->site_file == b->site_file && a->site_mark == b->site_mark;
}

/* So many steps of the trail lead to the nodes that this stack's do. */
static u32 shared_steps(const struct trail *trail, const struct logical_stack *stack, u32 event)
{
	u32 most, n = 0, last = last_body(stack->steps, stack->count), last_then;

	if (!trail->stack || trail->event != event)
		return 0;
	last_then = last_body(trail->stack->steps, trail->stack->count);
	most = stack->count < trail->stack->count ? stack->count : trail->stack->count;
	/* Before its last body a stack's steps have sites that they have not behind it. */
	if (last != last_then)
		most = last < last_then ? last : last_then;
	while (n < most && same_step(&stack->steps[n], &trail->stack->steps[n]))
		n++;
	return n;
}

static u32 add_path(struct gathering *g, const struct profile_row *row,
		    const struct logical_stack *stack)
{
	struct trail *trail = &g->trails[row->thread];
	u32 event = row->event;
	struct calltree *tree = &g->all[event].tree;
	u32 shared = shared_steps(trail, stack, event);
	u32 last = last_body(stack->steps, stack->count);
	u32 node = shared ? trail->nodes.data[shared - 1] : 0;

	trail->nodes.len = shared;
	for (u32 i = shared; i < stack->count; i++) {
		const struct step *step = &stack->steps[i];
		u32 label = label_of(g, tree->labels, step);
		u32 site = keeps_site(g, step, i, last)
				   ? labels_add_site(tree->labels, step->site_file, step->site_line,
						     step->site_mark)
				   : NO_ID;

		node = calltree_child(tree, node, label, site);
		*vec_push(&trail->nodes) = node;
	}
	if (stack->is_task && stack->count)
		tree->nodes.data[trail->nodes.data[0]].is_task = true;
	trail->stack = stack;
	trail->event = event;
	return node;
}

static u32 node_of(struct gathering *g, const struct profile_row *row,
		   const struct logical_stack *stack)
{
	struct path *path = path_slot(&g->paths, stack, row->event);

	if (!path->stack) {
		*path = (struct path){ stack, row->event, add_path(g, row, stack) };
		if (++g->paths.used > g->paths.mask / 2) {
			u32 node = path->node;

			paths_grow(&g->paths);
			return node;
		}
	}
	return path->node;
}

static void count_certainty(struct quality *quality, const struct logical_stack *stack)
{
	quality->unresolved += stack->certainty == CERTAIN_ADDRESSES;
	quality->unsure += stack->unsure;
	quality->restored += stack->restored;
	quality->complete += stack->complete;
}

static bool take_row(void *arg, const struct profile_row *row)
{
	struct gathering *g = arg;
	const struct logical_stack *stack;
	struct gathered *to;
	u32 node;

	if ((++g->done & 0xfff) == 0)
		progress_at(&g->progress, g->done);
	if (row->event >= g->profile->event_count || row->thread >= g->profile->thread_count ||
	    !filter_takes(&g->filter, row))
		return true;
	to = &g->all[row->event];
	stack = logical_map(g->logical, row->stack, row->thread);
	node = node_of(g, row, stack);
	calltree_add(&to->tree, node, (struct amount){ 1, row->weight });
	quality_count(&to->quality, &g->stops, row->stack);
	count_certainty(&to->quality, stack);
	if (g->each)
		g->each(g->arg, row, node, stack);
	return true;
}

struct err *gather(struct gathered **out, struct profile *profile, struct logical *logical,
		   struct label_set *labels, const struct gather_options *options,
		   gather_each *each, void *arg)
{
	struct gathering g = { profile, logical, options, .each = each, .arg = arg };
	struct err *err;

	TRY(filter_prepare(&g.filter, &options->filter, profile));
	g.all = xcalloc((size_t)profile->event_count + 1, sizeof *g.all);
	for (u32 i = 0; i < profile->event_count; i++)
		calltree_init(&g.all[i].tree, labels);
	g.trails = xcalloc((size_t)profile->thread_count + 1, sizeof *g.trails);
	quality_stops_init(&g.stops, profile);
	paths_init(&g.paths, 1024);
	progress_start(&g.progress, "Reading samples", profile->rows);

	err = profile_rows(profile, take_row, &g);

	progress_end(&g.progress);
	for (u32 i = 0; i < profile->event_count; i++)
		calltree_finish(&g.all[i].tree);
	free(g.paths.slots);
	for (u32 i = 0; i < profile->thread_count; i++)
		vec_release(&g.trails[i].nodes);
	free(g.trails);
	vec_release(&g.labels);
	quality_stops_release(&g.stops);
	filter_release(&g.filter);
	if (err)
		gathered_free(g.all, profile->event_count);
	else
		*out = g.all;
	return err;
}

void gathered_free(struct gathered *all, u32 event_count)
{
	for (u32 i = 0; all && i < event_count; i++)
		calltree_release(&all[i].tree);
	free(all);
}
