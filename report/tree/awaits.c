/* Merging nodes that differ in their await sites only. */
#include "report/tree/awaits.h"

#include <stdlib.h>

#include <aprof/alloc.h>

static int by_node(const void *a, const void *b)
{
	const struct awaited *l = a, *r = b;

	if (l->node != r->node)
		return l->node < r->node ? -1 : 1;
	if (l->amount.samples != r->amount.samples)
		return l->amount.samples < r->amount.samples ? 1 : -1;
	return (l->site > r->site) - (l->site < r->site);
}

/* Several nodes of the finer tree may have given the same (node, site). */
static void join_equal(struct awaited_list *awaits)
{
	size_t kept = 0;

	for (size_t i = 0; i < awaits->len; i++) {
		struct awaited *last = kept ? &awaits->data[kept - 1] : NULL;
		struct awaited *at = &awaits->data[i];

		if (last && last->node == at->node && last->site == at->site)
			amount_add(&last->amount, at->amount);
		else
			awaits->data[kept++] = *at;
	}
	awaits->len = kept;
}

static int by_site(const void *a, const void *b)
{
	const struct awaited *l = a, *r = b;

	if (l->node != r->node)
		return l->node < r->node ? -1 : 1;
	return (l->site > r->site) - (l->site < r->site);
}

void awaits_merge(struct calltree *out, struct awaited_list *awaits, const struct calltree *tree)
{
	u32 *node_of = xcalloc(tree->nodes.len, sizeof *node_of);

	for (u32 id = 1; id < tree->nodes.len; id++) {
		const struct calltree_node *node = &tree->nodes.data[id];
		u32 site = tree->nodes.data[node->parent].site;
		u32 to = calltree_child(out, node_of[node->parent], node->label, NO_ID);

		node_of[id] = to;
		out->nodes.data[to].is_task |= node->is_task;
		calltree_add(out, to, node->self);
		if (site != NO_ID)
			*vec_push(awaits) = (struct awaited){ to, site, node->total };
	}
	free(node_of);
	vec_sort(awaits, by_site);
	join_equal(awaits);
	vec_sort(awaits, by_node);
	calltree_finish(out);
}
