/* Functions with self and total amounts, from one walk over the call tree. */
#include "report/tree/flat.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

struct flat_sort {
	const struct label_set *labels;
	enum flat_order order;
};

static int compare_amounts(struct amount l, struct amount r)
{
	if (l.weight != r.weight)
		return l.weight < r.weight ? 1 : -1;
	return (l.samples < r.samples) - (l.samples > r.samples);
}

static int by_order(const void *a, const void *b, void *arg)
{
	const struct flat_row *l = a, *r = b;
	const struct flat_sort *sort = arg;
	bool self_first = sort->order == FLAT_BY_SELF;
	int order = self_first ? compare_amounts(l->self, r->self)
			       : compare_amounts(l->total, r->total);

	if (!order)
		order = self_first ? compare_amounts(l->total, r->total)
				   : compare_amounts(l->self, r->self);
	return order ? order
		     : strcmp(labels_name(sort->labels, l->label),
			      labels_name(sort->labels, r->label));
}

/*
 * Leaves the nodes from `from` up to, not including, the parent of `to`: where the walk goes on
 * is the child of a node that stays.
 */
static void leave(const struct calltree *tree, u32 *on_path, u32 from, u32 to)
{
	u32 stay = to == NO_ID ? 0 : tree->nodes.data[to].parent;

	for (u32 at = from; at != stay && at != 0; at = tree->nodes.data[at].parent)
		on_path[tree->nodes.data[at].label]--;
}

void flat_build(struct flat *out, const struct calltree *tree, enum flat_order order)
{
	size_t count = tree->labels->names.count;
	struct flat_sort sort = { tree->labels, order };
	struct flat_row *rows = xcalloc(count + 1, sizeof *rows);
	u32 *on_path = xcalloc(count + 1, sizeof *on_path);
	u32 at = calltree_next(tree, 0);

	while (at != NO_ID) {
		const struct calltree_node *node = &tree->nodes.data[at];
		u32 next = calltree_next(tree, at);

		amount_add(&rows[node->label].self, node->self);
		if (on_path[node->label]++ == 0)
			amount_add(&rows[node->label].total, node->total);
		if (next == NO_ID || tree->nodes.data[next].parent != at)
			leave(tree, on_path, at, next);
		at = next;
	}
	for (u32 label = 0; label < count; label++) {
		if (!rows[label].total.samples)
			continue;
		rows[label].label = label;
		*vec_push(out) = rows[label];
	}
	if (out->len)
		qsort_r(out->data, out->len, sizeof *out->data, by_order, &sort);
	free(on_path);
	free(rows);
}
