/* Maps each physical stack once, and remembers what it is. */
#include "report/async/logical.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/arena.h>

#include "report/async/chain.h"
#include "report/async/select.h"
#include "report/async/steps.h"

#define ANY_THREAD NO_ID
#define NO_THREAD_YET (NO_ID - 1) /* mapped ahead: its root is the name of the first that asks */

/* A stack as seen by the threads of one name; tasks look the same from all of them. */
struct mapped {
	struct logical_stack stack;
	struct step *steps; /* of the stack */
	u32 thread_name;
	struct mapped *next; /* the same stack, another thread's name */
};

struct logical {
	const struct profile *profile;
	const struct symbols *symbols;
	bool show_glue;
	bool physical;
	bool without_sites;
	struct selection selection;
	struct kinds kinds;
	struct links links;
	struct mapped **mapped; /* by stack id; the last is of the empty stack */
	struct mapper *mappers; /* the caller's, and one for each block that was mapped ahead */
	size_t mapper_count;
};

/* What one thread maps stacks with. */
struct mapper {
	struct logical *logical;
	struct chain chain;
	struct step_vec steps; /* of the stack that is being mapped */
	struct arena arena; /* of what was mapped */
};

/*
 * What the links say about how sure the stack is: those of the task, or all if there is none. In a
 * task's hidden code, but not in what starts a thread, something that is not known may be inlined.
 */
static void set_certainty(struct logical_stack *stack, const struct chain *chain,
			  const struct symbols *symbols, bool physical)
{
	bool task = chain_has_task(chain);
	size_t n = task ? chain->root + 1 : chain->links.len;

	for (size_t i = 0; i < n; i++) {
		const struct link *link = &chain->links.data[i];
		enum symbol_source source = symbols->functions[link->function].source;

		if (physical && link->missing)
			continue;
		stack->unsure |= task && !physical && (link->kind->unsure || link->merged);
		stack->restored |= link->missing;
		if (source == SYMBOL_NONE)
			stack->certainty = CERTAIN_ADDRESSES;
		else if (link->kind->unsure && stack->certainty == CERTAIN_DWARF)
			stack->certainty = CERTAIN_SYMBOLS;
	}
}

static void add_early_end(struct mapper *m)
{
	const struct link *end = &m->chain.links.data[m->chain.links.len - 1];

	*vec_push(&m->steps) = (struct step){ .name = end->kind->name, .function = NO_ID,
					      .kind = STEP_END };
}

static void make_steps(struct mapper *m, struct logical_stack *stack, u32 thread_name)
{
	struct logical *l = m->logical;

	stack->complete = m->chain.bounded || !m->chain.ended_early;
	if (l->physical) {
		steps_of_physical(&m->steps, &m->chain);
	} else if (chain_has_task(&m->chain)) {
		stack->is_task = stack->complete;
		if (!stack->complete)
			add_early_end(m);
		steps_of_task(&m->steps, &m->chain, &l->kinds, l->show_glue,
			      !l->without_sites);
	} else {
		steps_of_plain(&m->steps, &m->chain, thread_name);
	}
	vec_each(&m->steps, step)
		stack->unsure |= step->unsure;
	if (!selection_is_empty(&l->selection))
		selection_apply(&l->selection, &m->steps, 0, &l->kinds);
}

static struct mapped *map_stack(struct mapper *m, u32 stack, u32 thread_name)
{
	struct mapped *mapped = arena_zalloc(&m->arena, sizeof *mapped);
	struct logical *l = m->logical;

	chain_read(&m->chain, &l->links, stack);
	m->steps.len = 0;
	mapped->thread_name =
		l->physical || chain_has_task(&m->chain) ? ANY_THREAD : thread_name;
	make_steps(m, &mapped->stack, thread_name);
	set_certainty(&mapped->stack, &m->chain, l->symbols, l->physical);
	mapped->steps = arena_alloc(&m->arena,
				    (m->steps.len ? m->steps.len : 1) * sizeof *mapped->steps);
	if (m->steps.len)
		memcpy(mapped->steps, m->steps.data, m->steps.len * sizeof *mapped->steps);
	mapped->stack.steps = mapped->steps;
	mapped->stack.count = (u32)m->steps.len;
	return mapped;
}

/* ---- ahead ---- */

#define BLOCK 256 /* stacks */

struct ahead {
	struct logical *logical;
	struct VEC(u32) stacks;
};

static void map_block(void *arg, size_t block)
{
	const struct ahead *ahead = arg;
	struct logical *l = ahead->logical;
	struct mapper *m = &l->mappers[1 + block];

	for (size_t i = block * BLOCK; i < ahead->stacks.len && i < (block + 1) * BLOCK; i++)
		l->mapped[ahead->stacks.data[i]] =
			map_stack(m, ahead->stacks.data[i], NO_THREAD_YET);
	chain_release(&m->chain);
	vec_release(&m->steps);
}

/* Stacks that are no other's caller, and so a sample's: nearly all that will be asked for. */
static void find_leaves(struct ahead *ahead)
{
	const struct profile *profile = ahead->logical->profile;
	u8 *called = xzalloc(profile->stack_count);

	for (u32 i = 0; i < profile->stack_count; i++)
		if (profile->stacks[i].parent < i)
			called[profile->stacks[i].parent] = 1;
	for (u32 i = 0; i < profile->stack_count; i++)
		if (!called[i])
			*vec_push(&ahead->stacks) = i;
	free(called);
}

static void map_ahead(struct logical *l, struct crew *crew)
{
	struct ahead ahead = { .logical = l };
	size_t blocks;

	find_leaves(&ahead);
	blocks = (ahead.stacks.len + BLOCK - 1) / BLOCK;
	l->mappers = xreallocarray(l->mappers, 1 + blocks, sizeof *l->mappers);
	for (; l->mapper_count < 1 + blocks; l->mapper_count++)
		l->mappers[l->mapper_count] = (struct mapper){ .logical = l };
	crew_each(crew, map_block, &ahead, blocks);
	vec_release(&ahead.stacks);
}

/* Names that are chosen by, and places in sources, are looked up in tables that threads do not share. */
static bool may_map_ahead(const struct logical *l)
{
	return l->without_sites && selection_is_empty(&l->selection);
}

struct err *logical_new(struct logical **out, const struct profile *profile,
			const struct symbols *symbols, const struct logical_options *options)
{
	struct logical *logical = xzalloc(sizeof *logical);
	struct err *err = selection_init(&logical->selection, options);

	if (err) {
		free(logical);
		return err;
	}
	logical->profile = profile;
	logical->symbols = symbols;
	logical->show_glue = options->show_glue;
	logical->physical = options->physical;
	logical->without_sites = options->without_sites;
	kinds_init(&logical->kinds, symbols, options->crew);
	links_init(&logical->links, profile, symbols, &logical->kinds);
	logical->mapped = xcalloc((size_t)profile->stack_count + 1, sizeof *logical->mapped);
	logical->mappers = xcalloc(1, sizeof *logical->mappers);
	logical->mappers[0].logical = logical;
	logical->mapper_count = 1;
	if (options->ahead && may_map_ahead(logical))
		map_ahead(logical, options->crew);
	*out = logical;
	return NULL;
}

void logical_free(struct logical *logical)
{
	if (!logical)
		return;
	selection_release(&logical->selection);
	links_release(&logical->links);
	kinds_release(&logical->kinds);
	chain_release(&logical->mappers[0].chain);
	vec_release(&logical->mappers[0].steps);
	for (size_t i = 0; i < logical->mapper_count; i++)
		arena_release(&logical->mappers[i].arena);
	free(logical->mappers);
	free(logical->mapped);
	free(logical);
}

const struct logical_stack *logical_map(struct logical *l, u32 stack, u32 thread)
{
	u32 at = stack < l->profile->stack_count ? stack : l->profile->stack_count;
	u32 name = intern_id(&l->kinds.strings, thread < l->profile->thread_count ?
							l->profile->threads[thread].comm :
							"[unknown thread]");
	struct mapped *mapped = l->mapped[at];

	if (mapped && mapped->thread_name == NO_THREAD_YET)
		mapped->thread_name = mapped->steps[0].name = name;
	while (mapped && mapped->thread_name != ANY_THREAD && mapped->thread_name != name)
		mapped = mapped->next;
	if (!mapped) {
		mapped = map_stack(&l->mappers[0], stack, name);
		mapped->next = l->mapped[at];
		l->mapped[at] = mapped;
	}
	return &mapped->stack;
}

const char *logical_name(const struct logical *l, u32 name)
{
	return intern_text(&l->kinds.strings, name);
}

const char *logical_function_name(struct logical *l, u32 function)
{
	return logical_name(l, kind_of(&l->kinds, function)->name);
}
