/*
 * Folded lines, without ever holding more of them than one: the tree is walked in the order in which
 * its lines are sorted.
 */
#include "report/render/folded.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/text.h>

#include "report/render/names.h"

/* A name as it is written, in folded->names. */
struct folded_name {
	u32 start, len; /* len 0: not written yet */
};

/* A child as its own line, or as what is below it. */
struct item {
	u32 node;
	bool below;
	bool has_site; /* its text is in folded->sites */
	u32 start, len; /* of its text */
};

/* The children of nodes of one path, in order. */
struct level {
	size_t items, next, end; /* in folded->items: where they begin, which is next, where they end */
	size_t sites; /* length of folded->sites before */
	size_t line; /* length of the path, with a ';' */
};

struct folded {
	FILE *out;
	const struct calltree *tree;
	folded_counts *counts_of;
	const void *arg;
	int count;
	struct VEC(struct folded_name) by_label;
	struct text names; /* are in many lines, and may be kilobytes: each is cleaned once */
	struct text sites; /* names with sites, of the levels that are open */
	struct VEC(struct item) items; /* of the levels that are open */
	struct VEC(struct level) levels;
	struct text line;
};

static const struct folded_name *name_of(struct folded *folded, u32 node)
{
	u32 label = folded->tree->nodes.data[node].label;
	struct folded_name *name;

	if (label >= folded->by_label.len)
		vec_resize(&folded->by_label, (size_t)label + 1);
	name = &folded->by_label.data[label];
	if (!name->len) {
		name->start = (u32)folded->names.len;
		name_folded(&folded->names, calltree_name(folded->tree, node));
		name->len = (u32)folded->names.len - name->start;
	}
	return name;
}

static void add_site(struct folded *folded, struct item *item)
{
	struct text site = { 0 };
	u32 start = (u32)folded->sites.len;

	name_site(&site, folded->tree, item->node);
	text_add_n(&folded->sites, text_str(&folded->names) + item->start, item->len);
	name_folded(&folded->sites, text_str(&site));
	text_release(&site);
	item->has_site = true;
	item->start = start;
	item->len = (u32)folded->sites.len - start;
}

static void add_child(struct folded *folded, u32 node)
{
	const struct calltree_node *n = &folded->tree->nodes.data[node];
	const struct folded_name *name = name_of(folded, node);
	struct item item = { .node = node, .start = name->start, .len = name->len };
	u64 counts[FOLDED_COUNTS];

	if (n->site != NO_ID)
		add_site(folded, &item);
	if (folded->counts_of(folded->arg, node, counts))
		*vec_push(&folded->items) = item;
	item.below = true;
	if (n->first_child != NO_ID)
		*vec_push(&folded->items) = item;
}

static const u8 *text_of(const struct folded *folded, const struct item *item)
{
	const struct text *texts = item->has_site ? &folded->sites : &folded->names;

	return (const u8 *)text_str(texts) + item->start;
}

/* The byte at `i` of the item's text, and of what follows it in a line. */
static int byte_at(const struct item *item, const u8 *text, u32 i)
{
	if (i < item->len)
		return text[i];
	return item->below ? ';' : '\0';
}

/* Lines do not hold a ';' within a name, so what is below a name stays together. */
static int by_line(const void *a, const void *b, void *arg)
{
	const struct folded *folded = arg;
	const struct item *l = a, *r = b;
	const u8 *x = text_of(folded, l), *y = text_of(folded, r);
	u32 len = l->len < r->len ? l->len : r->len;
	int order = memcmp(x, y, len);

	return order ? order : byte_at(l, x, len) - byte_at(r, y, len);
}

/* Opens the children of items [first, last), which have one path. */
static void open_level(struct folded *folded, size_t first, size_t last)
{
	const struct calltree_node *nodes = folded->tree->nodes.data;
	struct level level = { .items = folded->items.len, .sites = folded->sites.len,
			       .line = folded->line.len };

	for (size_t i = first; i < last; i++) {
		u32 node = folded->items.data[i].node;

		for (u32 id = nodes[node].first_child; id != NO_ID; id = nodes[id].next_sibling)
			add_child(folded, id);
	}
	level.next = level.items;
	level.end = folded->items.len;
	if (level.end - level.items > 1)
		qsort_r(folded->items.data + level.items, level.end - level.items,
			sizeof *folded->items.data, by_line, folded);
	*vec_push(&folded->levels) = level;
}

static void close_level(struct folded *folded)
{
	struct level level = folded->levels.data[--folded->levels.len];

	folded->items.len = level.items;
	folded->sites.len = level.sites;
}

/* Names that differ only in what cannot be written give one line, not two. */
static void print_line(const struct folded *folded, size_t first, size_t last)
{
	u64 sums[FOLDED_COUNTS] = { 0 };

	for (size_t i = first; i < last; i++) {
		u64 counts[FOLDED_COUNTS] = { 0 };

		folded->counts_of(folded->arg, folded->items.data[i].node, counts);
		for (int n = 0; n < folded->count; n++)
			sums[n] += counts[n];
	}
	fwrite(folded->line.at, 1, folded->line.len, folded->out);
	for (int n = 0; n < folded->count; n++)
		fprintf(folded->out, " %llu", (unsigned long long)sums[n]);
	fputc('\n', folded->out);
}

/* Prints, or opens, what comes next; closes the level behind its last. */
static void step(struct folded *folded)
{
	struct level *level = &folded->levels.data[folded->levels.len - 1];
	size_t first = level->next, last = first;
	const struct item *item;

	if (first == level->end) {
		close_level(folded);
		return;
	}
	item = &folded->items.data[first];
	while (last < level->end && !by_line(item, &folded->items.data[last], folded))
		last++;
	level->next = last;
	folded->line.len = level->line;
	text_add_n(&folded->line, (const char *)text_of(folded, item), item->len);
	if (!item->below) {
		print_line(folded, first, last);
		return;
	}
	text_char(&folded->line, ';');
	open_level(folded, first, last);
}

void folded_print(FILE *out, const struct calltree *tree, folded_counts *counts_of, const void *arg,
		  int count)
{
	struct folded folded = {
		.out = out, .tree = tree, .counts_of = counts_of, .arg = arg, .count = count,
	};
	struct item root = { .node = 0 };

	*vec_push(&folded.items) = root;
	open_level(&folded, 0, 1);
	while (folded.levels.len)
		step(&folded);
	vec_release(&folded.by_label);
	vec_release(&folded.items);
	vec_release(&folded.levels);
	text_release(&folded.names);
	text_release(&folded.sites);
	text_release(&folded.line);
}
