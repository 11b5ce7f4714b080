/* One row a task root, from the children of the call tree's root. */
#include "report/tree/tasks.h"

#include <stdlib.h>
#include <string.h>

static struct task_row *row_of(struct tasks *rows, u32 root)
{
	vec_each (rows, row)
		if (row->root == root)
			return row;
	*vec_push(rows) = (struct task_row){ .root = root, .hottest = NO_ID };
	return &rows->data[rows->len - 1];
}

static bool hotter(struct amount a, struct amount b)
{
	return a.weight != b.weight ? a.weight > b.weight : a.samples > b.samples;
}

static int by_amount(const void *a, const void *b, void *arg)
{
	const struct task_row *l = a, *r = b;
	const struct calltree *tree = *(const struct calltree **)arg;

	if ((l->root == NO_ID) != (r->root == NO_ID))
		return l->root == NO_ID ? 1 : -1;
	if (hotter(l->amount, r->amount))
		return -1;
	if (hotter(r->amount, l->amount))
		return 1;
	return l->root == NO_ID ? 0
				: strcmp(labels_name(tree->labels, l->root),
					 labels_name(tree->labels, r->root));
}

/* What a stack is filed under: where it ended before its task's root, under why it did. */
static u32 root_of(const struct calltree *tree, const struct calltree_node *node)
{
	bool ended_early = tree->labels->labels.data[node->label].kind == STEP_END;

	return node->is_task || ended_early ? node->label : NO_ID;
}

void tasks_build(struct tasks *out, const struct calltree *tree)
{
	u32 top = tree->nodes.data[0].first_child;

	/* A root may stand there more than once, with different await sites. */
	for (; top != NO_ID; top = tree->nodes.data[top].next_sibling) {
		const struct calltree_node *node = &tree->nodes.data[top];
		struct task_row *row = row_of(out, root_of(tree, node));
		u32 end = calltree_skip(tree, top);

		amount_add(&row->amount, node->total);
		for (u32 at = top; at != end; at = calltree_next(tree, at))
			if (tree->nodes.data[at].self.samples &&
			    (row->hottest == NO_ID || hotter(tree->nodes.data[at].self,
							     tree->nodes.data[row->hottest].self)))
				row->hottest = at;
	}
	if (out->len)
		qsort_r(out->data, out->len, sizeof *out->data, by_amount, &tree);
}
