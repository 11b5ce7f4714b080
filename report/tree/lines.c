/* Adding up a function's nodes by the line that each stands at. */
#include "report/tree/lines.h"

#include <stdlib.h>
#include <string.h>

#include "report/async/logical.h"

static struct line_cost *cost_at(struct line_costs *costs, const struct calltree *tree, u32 site)
{
	static const struct site none;
	const struct site *at = site == NO_ID ? &none : &tree->labels->sites.data[site];

	/* Sites are interned, and so is the file's name within: few lines, each found by value. */
	vec_each (&costs->lines, cost)
		if (cost->line == at->line && cost->mark == at->mark &&
		    (cost->file == at->file ||
		     (cost->file && at->file && strcmp(cost->file, at->file) == 0)))
			return cost;
	*vec_push(&costs->lines) =
		(struct line_cost){ .file = at->file, .line = at->line, .mark = at->mark };
	return &costs->lines.data[costs->lines.len - 1];
}

static void add_callee(struct line_callees *callees, u32 label, struct amount amount, bool awaited)
{
	vec_each (callees, callee) {
		if (callee->label == label) {
			amount_add(&callee->amount, amount);
			return;
		}
	}
	*vec_push(callees) = (struct line_callee){ label, amount, awaited };
}

static void add_callees(struct line_cost *cost, const struct calltree *tree, u32 node)
{
	const struct label_set *labels = tree->labels;
	bool is_body = labels->labels.data[tree->nodes.data[node].label].kind == STEP_ASYNC;
	u32 child = tree->nodes.data[node].first_child;

	for (; child != NO_ID; child = tree->nodes.data[child].next_sibling) {
		u32 label = tree->nodes.data[child].label;
		u8 kind = labels->labels.data[label].kind;

		add_callee(&cost->callees, label, tree->nodes.data[child].total,
			   is_body && (kind == STEP_ASYNC || kind == STEP_FUTURE));
	}
}

static bool is_within(const struct calltree *tree, u32 node, u32 label)
{
	for (u32 at = tree->nodes.data[node].parent; at != 0; at = tree->nodes.data[at].parent)
		if (tree->nodes.data[at].label == label)
			return true;
	return false;
}

static int by_cost(const void *a, const void *b)
{
	const struct line_callee *l = a, *r = b;

	return (l->amount.weight < r->amount.weight) - (l->amount.weight > r->amount.weight);
}

static int by_place(const void *a, const void *b)
{
	const struct line_cost *l = a, *r = b;
	int order = strcmp(l->file ? l->file : "", r->file ? r->file : "");

	return order ? order : (l->line > r->line) - (l->line < r->line);
}

void lines_build(struct line_costs *out, const struct calltree *tree, u32 label)
{
	*out = (struct line_costs){ 0 };
	for (u32 id = 1; id < tree->nodes.len; id++) {
		const struct calltree_node *node = &tree->nodes.data[id];
		struct line_cost *cost;

		if (node->label != label)
			continue;
		cost = cost_at(out, tree, node->site);
		amount_add(&cost->self, node->self);
		amount_add(&out->self, node->self);
		if (is_within(tree, id, label))
			continue;
		amount_add(&cost->total, node->total);
		amount_add(&out->total, node->total);
		add_callees(cost, tree, id);
	}
	vec_each (&out->lines, cost)
		vec_sort(&cost->callees, by_cost);
	vec_sort(&out->lines, by_place);
}

void lines_release(struct line_costs *costs)
{
	vec_each (&costs->lines, cost)
		vec_release(&cost->callees);
	vec_release(&costs->lines);
}
