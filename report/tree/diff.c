/* Laying two call trees over each other, by name, with uncertain names matched first. */
#include "report/tree/diff.h"

#include <math.h>
#include <stdlib.h>

#include <aprof/alloc.h>

#include "report/async/logical.h"
#include "report/tree/flat.h"
#include "report/tree/match.h"

/* A copy of the tree under other names; nodes that become the same path are joined. */
static void relabel(struct calltree *out, const struct calltree *tree, const u32 *alias)
{
	u32 *node_of = xcalloc(tree->nodes.len, sizeof *node_of);

	for (u32 id = 1; id < tree->nodes.len; id++) {
		const struct calltree_node *node = &tree->nodes.data[id];
		u32 to = calltree_child(out, node_of[node->parent], alias[node->label], node->site);

		node_of[id] = to;
		out->nodes.data[to].is_task |= node->is_task;
		calltree_add(out, to, node->self);
	}
	free(node_of);
	calltree_finish(out);
}

/* --- what a side cannot know --- */

/* The crates of which this tree has a function that DWARF names. True if any name is unsure. */
static bool known_crates(const struct calltree *tree, struct intern *crates)
{
	const struct label_set *labels = tree->labels;
	bool any_unsure = false;

	for (u32 id = 1; id < tree->nodes.len; id++) {
		u32 label = tree->nodes.data[id].label;
		size_t len;
		const char *crate = match_crate(labels_name(labels, label), &len);

		if (labels->labels.data[label].unsure)
			any_unsure = true;
		else
			intern_bytes(crates, crate, len);
	}
	return any_unsure;
}

static bool comes_from_code(u8 kind)
{
	return kind != STEP_KERNEL && kind != STEP_END && kind != STEP_THREAD && kind != STEP_OWNER;
}

/*
 * Which labels a side would not show even if it ran them: it has uncertain names, and not one
 * certain name of their crate.
 */
static bool *unknown_labels(const struct calltree *tree)
{
	const struct label_set *labels = tree->labels;
	bool *unknown = xcalloc((size_t)labels->names.count + 1, sizeof *unknown);
	struct intern crates;

	intern_init(&crates);
	if (known_crates(tree, &crates)) {
		for (u32 id = 0; id < labels->names.count; id++) {
			size_t len;
			const char *crate = match_crate(labels_name(labels, id), &len);

			unknown[id] = len && comes_from_code(labels->labels.data[id].kind) &&
				      intern_find(&crates, crate, len) == NO_ID;
		}
	}
	intern_release(&crates);
	return unknown;
}

/* --- rows --- */

static void add_side(struct diff_row *by_label, const struct calltree *tree, int side)
{
	struct flat flat = { 0 };

	flat_build(&flat, tree, FLAT_BY_SELF);
	vec_each (&flat, row) {
		struct diff_side *to = &by_label[row->label].sides[side];

		to->self = row->self;
		to->total = row->total;
	}
	vec_release(&flat);
}

static u32 owner_of(const struct calltree *tree, u32 leaf)
{
	for (u32 at = leaf; at != 0; at = tree->nodes.data[at].parent) {
		u32 label = tree->nodes.data[at].label;
		u8 kind = tree->labels->labels.data[label].kind;

		if (kind == STEP_ASYNC || kind == STEP_FUTURE)
			return label;
	}
	return tree->nodes.data[leaf].label;
}

static void add_own(struct diff_row *by_label, const struct calltree *tree, int side)
{
	for (u32 id = 1; id < tree->nodes.len; id++)
		if (tree->nodes.data[id].self.samples)
			amount_add(&by_label[owner_of(tree, id)].sides[side].own,
				   tree->nodes.data[id].self);
}

static void mark_merged(struct diff_row *by_label, const struct calltree *original,
			const u32 *alias, int side)
{
	for (u32 id = 1; id < original->nodes.len; id++) {
		u32 label = original->nodes.data[id].label;

		if (original->labels->labels.data[label].unsure)
			by_label[alias[label]].sides[side].merged = true;
	}
}

static u8 presence_of(const struct diff_side *side, bool unknown)
{
	if (side->total.samples)
		return DIFF_PRESENT;
	return unknown ? DIFF_NOT_KNOWN : DIFF_ABSENT;
}

static void collect_rows(struct diff *out, struct diff_row *by_label, size_t count)
{
	for (u32 label = 0; label < count; label++) {
		struct diff_row *row = &by_label[label];

		if (!row->sides[0].total.samples && !row->sides[1].total.samples)
			continue;
		row->label = label;
		for (int side = 0; side < 2; side++)
			row->sides[side].presence =
				presence_of(&row->sides[side], out->unknown[side][label]);
		*vec_push(&out->rows) = *row;
	}
}

/* --- chains --- */

/* Adds one side's chains; by its node, the node in the shape. */
static u32 *place(struct calltree *shape, const struct calltree *tree)
{
	u32 *placed = xcalloc(tree->nodes.len, sizeof *placed);

	for (u32 id = 1; id < tree->nodes.len; id++) {
		const struct calltree_node *node = &tree->nodes.data[id];
		u32 to = calltree_child(shape, placed[node->parent], node->label, node->site);

		placed[id] = to;
		shape->nodes.data[to].is_task |= node->is_task;
		calltree_add(shape, to, node->self);
	}
	return placed;
}

static void fill_nodes(struct diff *out, const struct calltree *tree, u32 *placed, int side)
{
	for (u32 id = 0; id < tree->nodes.len; id++) {
		struct diff_node *to = &out->nodes[placed[id]];

		to->self[side] = tree->nodes.data[id].self;
		to->total[side] = tree->nodes.data[id].total;
	}
	free(placed);
}

void diff_build(struct diff *out, const struct calltree *a, const struct calltree *b)
{
	const struct calltree *originals[2] = { a, b };
	size_t count = a->labels->names.count;
	struct diff_row *by_label = xcalloc(count + 1, sizeof *by_label);
	struct calltree trees[2];
	u32 *placed[2];

	*out = (struct diff){ 0 };
	calltree_init(&out->shape, a->labels);
	for (int side = 0; side < 2; side++) {
		u32 *alias = match_unsure(originals[side], originals[!side]);

		calltree_init(&trees[side], a->labels);
		relabel(&trees[side], originals[side], alias);
		out->all[side] = calltree_all(&trees[side]);
		out->unknown[side] = unknown_labels(originals[side]);
		add_side(by_label, &trees[side], side);
		add_own(by_label, &trees[side], side);
		mark_merged(by_label, originals[side], alias, side);
		placed[side] = place(&out->shape, &trees[side]);
		free(alias);
	}
	calltree_finish(&out->shape);
	out->nodes = xcalloc(out->shape.nodes.len, sizeof *out->nodes);
	for (int side = 0; side < 2; side++) {
		fill_nodes(out, &trees[side], placed[side], side);
		calltree_release(&trees[side]);
	}
	collect_rows(out, by_label, count);
	free(by_label);
}

void diff_release(struct diff *diff)
{
	vec_release(&diff->rows);
	calltree_release(&diff->shape);
	free(diff->nodes);
	free(diff->unknown[0]);
	free(diff->unknown[1]);
}

struct diff_ratio diff_ratio(struct amount a, struct amount b, double scale)
{
	struct diff_ratio r = { .valid = a.samples && b.samples && a.weight && b.weight };

	if (!r.valid)
		return r;
	r.ratio = (double)b.weight * scale / (double)a.weight;
	r.error = 1.96 * r.ratio * sqrt(1 / (double)a.samples + 1 / (double)b.samples);
	return r;
}
