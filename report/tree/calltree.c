/* The tree of names: finding and making children, sums, order, walking without recursion. */
#include "report/tree/calltree.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#define FIRST_SLOTS 256u

void calltree_init(struct calltree *tree, struct label_set *labels)
{
	*tree = (struct calltree){ .labels = labels, .slot_mask = FIRST_SLOTS - 1 };
	tree->slots = xcalloc(FIRST_SLOTS, sizeof *tree->slots);
	*vec_push(&tree->nodes) = (struct calltree_node){
		.parent = NO_ID,
		.label = NO_ID,
		.site = NO_ID,
		.first_child = NO_ID,
		.next_sibling = NO_ID,
	};
}

void calltree_release(struct calltree *tree)
{
	free(tree->slots);
	vec_release(&tree->nodes);
	*tree = (struct calltree){ 0 };
}

static u32 hash_key(u32 parent, u32 label, u32 site)
{
	return (u32)hash_u64(hash_u64(((u64)parent << 32) | label) + site);
}

static void grow_slots(struct calltree *tree)
{
	free(tree->slots);
	tree->slot_mask = tree->slot_mask * 2 + 1;
	tree->slots = xcalloc((size_t)tree->slot_mask + 1, sizeof *tree->slots);
	for (u32 id = 1; id < tree->nodes.len; id++) {
		const struct calltree_node *node = &tree->nodes.data[id];
		u32 at = hash_key(node->parent, node->label, node->site) & tree->slot_mask;

		while (tree->slots[at])
			at = (at + 1) & tree->slot_mask;
		tree->slots[at] = id;
	}
}

u32 calltree_child(struct calltree *tree, u32 parent, u32 label, u32 site)
{
	u32 at = hash_key(parent, label, site) & tree->slot_mask;
	struct calltree_node *node;
	u32 id;

	for (; (id = tree->slots[at]); at = (at + 1) & tree->slot_mask) {
		node = &tree->nodes.data[id];
		if (node->parent == parent && node->label == label && node->site == site)
			return id;
	}
	id = (u32)tree->nodes.len;
	node = vec_push(&tree->nodes);
	*node = (struct calltree_node){
		.parent = parent,
		.label = label,
		.site = site,
		.first_child = NO_ID,
		.next_sibling = tree->nodes.data[parent].first_child,
		.depth = tree->nodes.data[parent].depth + 1,
	};
	tree->nodes.data[parent].first_child = id;
	tree->slots[at] = id;
	if (id >= tree->slot_mask / 2)
		grow_slots(tree);
	return id;
}

void calltree_add(struct calltree *tree, u32 node, struct amount self)
{
	amount_add(&tree->nodes.data[node].self, self);
}

static int by_total(const void *a, const void *b, void *arg)
{
	const struct calltree *tree = arg;
	u32 left = *(const u32 *)a, right = *(const u32 *)b;
	const struct calltree_node *l = &tree->nodes.data[left], *r = &tree->nodes.data[right];
	int order;

	if (l->total.weight != r->total.weight)
		return l->total.weight < r->total.weight ? 1 : -1;
	if (l->total.samples != r->total.samples)
		return l->total.samples < r->total.samples ? 1 : -1;
	order = strcmp(calltree_name(tree, left), calltree_name(tree, right));
	return order ? order : (left > right) - (left < right);
}

static void sort_children(struct calltree *tree, u32 parent, struct label_ids *scratch)
{
	u32 *link = &tree->nodes.data[parent].first_child;

	scratch->len = 0;
	for (u32 id = *link; id != NO_ID; id = tree->nodes.data[id].next_sibling)
		*vec_push(scratch) = id;
	if (scratch->len < 2)
		return;
	qsort_r(scratch->data, scratch->len, sizeof *scratch->data, by_total, tree);
	for (size_t i = 0; i < scratch->len; i++) {
		*link = scratch->data[i];
		link = &tree->nodes.data[scratch->data[i]].next_sibling;
	}
	*link = NO_ID;
}

void calltree_finish(struct calltree *tree)
{
	struct label_ids scratch = { 0 };

	vec_each (&tree->nodes, node)
		node->total = node->self;
	for (size_t id = tree->nodes.len; id-- > 1;) {
		const struct calltree_node *node = &tree->nodes.data[id];

		amount_add(&tree->nodes.data[node->parent].total, node->total);
	}
	for (u32 id = 0; id < tree->nodes.len; id++)
		sort_children(tree, id, &scratch);
	vec_release(&scratch);
}

u32 calltree_skip(const struct calltree *tree, u32 node)
{
	while (node != NO_ID && node != 0) {
		const struct calltree_node *at = &tree->nodes.data[node];

		if (at->next_sibling != NO_ID)
			return at->next_sibling;
		node = at->parent;
	}
	return NO_ID;
}

u32 calltree_next(const struct calltree *tree, u32 node)
{
	u32 child = tree->nodes.data[node].first_child;

	return child != NO_ID ? child : calltree_skip(tree, node);
}
