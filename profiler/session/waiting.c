/* Copying a sample out of the ring, with all that its views show. */
#include "profiler/session/waiting.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

static void *copy_view(u8 **to, const void *from, u64 size)
{
	void *at = *to;

	if (size)
		memcpy(at, from, size);
	*to += align_up(size, 8);
	return at;
}

void waiting_add(struct waiting *w, const struct sample *s, struct space *space, u32 name,
		 u32 module)
{
	u64 chain = s->chain_len * sizeof *s->chain;
	u64 branches = s->branches_len * sizeof *s->branches;
	u64 size = chain + branches + align_up(s->stack_size, 8);
	struct waiting_sample *copy = xmalloc(sizeof *copy + size);
	u8 *at = copy->data;

	copy->next = NULL;
	copy->sample = *s;
	copy->sample.chain = copy_view(&at, s->chain, chain);
	copy->sample.branches = copy_view(&at, s->branches, branches);
	copy->sample.stack = copy_view(&at, s->stack, s->stack_size);
	copy->space = space_get(space);
	copy->name = name;
	copy->module = module;
	copy->size = sizeof *copy + size;
	if (!w->last)
		w->last = &w->first;
	*w->last = copy;
	w->last = &copy->next;
	w->count++;
	w->bytes += copy->size;
}

void waiting_remove(struct waiting *w, struct waiting_sample **link)
{
	struct waiting_sample *gone = *link;

	*link = gone->next;
	if (w->last == &gone->next)
		w->last = link;
	w->count--;
	w->bytes -= gone->size;
	space_put(gone->space);
	free(gone);
}

void waiting_release(struct waiting *w)
{
	while (w->first)
		waiting_remove(w, &w->first);
}
