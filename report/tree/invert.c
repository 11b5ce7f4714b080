/* Inverted and callers trees: each distinct path added again, from its leaf to its root. */
#include "report/tree/invert.h"

#include <stdlib.h>

#include <aprof/alloc.h>

static void add_towards_root(struct calltree *out, const struct calltree *tree, u32 from,
			     struct amount amount)
{
	u32 to = 0;

	for (u32 at = from; at != 0; at = tree->nodes.data[at].parent) {
		const struct calltree_node *node = &tree->nodes.data[at];

		to = calltree_child(out, to, node->label, node->site);
		/* The last one is the root of the stack: a task stays one when read backwards. */
		out->nodes.data[to].is_task |= node->is_task;
	}
	calltree_add(out, to, amount);
}

void invert_all(struct calltree *out, const struct calltree *tree)
{
	for (u32 id = 1; id < tree->nodes.len; id++)
		if (tree->nodes.data[id].self.samples)
			add_towards_root(out, tree, id, tree->nodes.data[id].self);
	calltree_finish(out);
}

/* The outermost node of a path whose label is marked; its total holds every stack through it. */
void invert_callers(struct calltree *out, const struct calltree *tree,
		    const struct label_ids *functions)
{
	bool *wanted = xcalloc((size_t)tree->labels->names.count + 1, sizeof *wanted);
	u32 at = calltree_next(tree, 0);

	for (size_t i = 0; i < functions->len; i++)
		wanted[functions->data[i]] = true;
	while (at != NO_ID) {
		const struct calltree_node *node = &tree->nodes.data[at];

		if (!wanted[node->label]) {
			at = calltree_next(tree, at);
			continue;
		}
		add_towards_root(out, tree, at, node->total);
		at = calltree_skip(tree, at);
	}
	free(wanted);
	calltree_finish(out);
}
