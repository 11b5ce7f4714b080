/* Maps each physical stack once, and remembers what it is. */
#include "report/async/logical.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/arena.h>

#include "report/async/chain.h"
#include "report/async/select.h"
#include "report/async/steps.h"

/* A stack as seen by the threads of one name; tasks look the same from all of them. */
struct mapped {
	struct logical_stack stack;
	u32 thread_name; /* NO_ID: of any thread */
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
	struct chain chain;
	struct step_vec steps; /* of the stack that is being mapped */
	struct arena arena;
};

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
	chain_release(&logical->chain);
	vec_release(&logical->steps);
	free(logical->mapped);
	arena_release(&logical->arena);
	free(logical);
}

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

static void add_early_end(struct logical *l)
{
	const struct link *end = &l->chain.links.data[l->chain.links.len - 1];

	*vec_push(&l->steps) = (struct step){ .name = end->kind->name, .function = NO_ID,
					      .kind = STEP_END };
}

static void make_steps(struct logical *l, struct logical_stack *stack, u32 thread_name)
{
	stack->complete = l->chain.bounded || !l->chain.ended_early;
	if (l->physical) {
		steps_of_physical(&l->steps, &l->chain);
	} else if (chain_has_task(&l->chain)) {
		stack->is_task = stack->complete;
		if (!stack->complete)
			add_early_end(l);
		steps_of_task(&l->steps, &l->chain, &l->kinds, l->show_glue,
			      !l->without_sites);
	} else {
		steps_of_plain(&l->steps, &l->chain, thread_name);
	}
	vec_each(&l->steps, step)
		stack->unsure |= step->unsure;
	selection_apply(&l->selection, &l->steps, 0, &l->kinds);
}

static struct mapped *map_stack(struct logical *l, u32 stack, u32 thread_name)
{
	struct mapped *mapped = arena_zalloc(&l->arena, sizeof *mapped);
	struct step *steps;

	chain_read(&l->chain, &l->links, stack);
	l->steps.len = 0;
	mapped->thread_name =
		l->physical || chain_has_task(&l->chain) ? NO_ID : thread_name;
	make_steps(l, &mapped->stack, thread_name);
	set_certainty(&mapped->stack, &l->chain, l->symbols, l->physical);
	steps = arena_alloc(&l->arena, (l->steps.len ? l->steps.len : 1) * sizeof *steps);
	if (l->steps.len)
		memcpy(steps, l->steps.data, l->steps.len * sizeof *steps);
	mapped->stack.steps = steps;
	mapped->stack.count = (u32)l->steps.len;
	return mapped;
}

const struct logical_stack *logical_map(struct logical *l, u32 stack, u32 thread)
{
	u32 at = stack < l->profile->stack_count ? stack : l->profile->stack_count;
	u32 name = intern_id(&l->kinds.strings, thread < l->profile->thread_count ?
							l->profile->threads[thread].comm :
							"[unknown thread]");
	struct mapped *mapped = l->mapped[at];

	while (mapped && mapped->thread_name != NO_ID && mapped->thread_name != name)
		mapped = mapped->next;
	if (!mapped) {
		mapped = map_stack(l, stack, name);
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
