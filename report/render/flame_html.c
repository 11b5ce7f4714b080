/*
 * A flame graph as one page: the data of all views as JSON, and the script that draws it.
 *
 * The data, as the script reads it:
 *	title, summary, unit ("ns" for times), up (roots at the bottom)
 *	totals	[{samples, weight}], two of them in a comparison
 *	scale	[amount that stands for one sample], for each of the totals
 *	kinds	what frames can be; kindOf[name] is an index in it
 *	names, places (placeOf[name]; 0 is none), awaits
 *	views	[{name, about, tasks: [nodes], nodes: [depth, name, await + 1, amount…, …]}]
 * Nodes come in depth-first order, numbered from 1, children largest first. An amount is the node's
 * own; a comparison has two.
 */
#include "report/render/flame.h"

#include <stdlib.h>

#include <aprof/alloc.h>

#include "report/render/json.h"
#include "report/render/names.h"
#include "report/render/origin.h"
#include "report/render/place.h"

static const char page_body[] =
#include <embed/flame.html.h>
	;
static const char page_style[] =
#include <embed/flame.css.h>
	;
/* In the order in which they run, in one scope. */
static const char *const page_scripts[] = {
#include <embed/names.js.h>
	,
#include <embed/flame_data.js.h>
	,
#include <embed/flame_colors.js.h>
	,
#include <embed/flame_tree.js.h>
	,
#include <embed/flame_text.js.h>
	,
#include <embed/flame_draw.js.h>
	,
#include <embed/flame_zoom.js.h>
	,
#include <embed/flame_search.js.h>
	,
#include <embed/flame_controls.js.h>
	,
#include <embed/flame_events.js.h>
	,
#include <embed/flame.js.h>
	,
};

struct page {
	const struct flame_input *in;
	struct json json;
	struct label_ids names; /* labels in use, in the order of the page */
	u32 *name_of; /* by label: index in names, NO_ID: not in use */
	struct intern places, awaits;
	/* One unit of amount is a sample if all weigh the same, else a unit of weight. */
	bool weighted;
};

static void use_names(struct page *page)
{
	const struct flame_input *in = page->in;

	page->name_of = xcalloc((size_t)in->labels->names.count + 1, sizeof *page->name_of);
	for (u32 id = 0; id < in->labels->names.count; id++)
		page->name_of[id] = NO_ID;
	for (size_t v = 0; v < in->view_count; v++) {
		const struct calltree *tree = &in->views[v].tree;

		for (u32 id = 1; id < tree->nodes.len; id++) {
			u32 label = tree->nodes.data[id].label;

			if (page->name_of[label] != NO_ID)
				continue;
			page->name_of[label] = (u32)page->names.len;
			*vec_push(&page->names) = label;
		}
	}
}

/* Do all samples weigh the same? Then counts are smaller than weights, and say as much. */
static bool is_weighted(const struct calltree *tree)
{
	struct amount all = calltree_all(tree);

	for (u32 id = 1; id < tree->nodes.len; id++) {
		struct amount self = tree->nodes.data[id].self;

		if ((unsigned __int128)self.weight * all.samples !=
		    (unsigned __int128)all.weight * self.samples)
			return true;
	}
	return false;
}

static u64 value_of(const struct page *page, struct amount amount)
{
	return page->weighted ? amount.weight : amount.samples;
}

static void write_names(struct page *page)
{
	struct json *json = &page->json;

	json_key(json, "names");
	json_open(json, '[');
	vec_each (&page->names, label) {
		struct text name = { 0 };

		name_clean(&name, labels_name(page->in->labels, *label));
		json_string(json, text_str(&name));
		text_release(&name);
	}
	json_close(json, ']');
}

static void write_kinds(struct page *page)
{
	const struct label_set *labels = page->in->labels;
	struct json *json = &page->json;

	json_key(json, "kinds");
	json_open(json, '[');
	for (int origin = 0; origin < ORIGIN_COUNT; origin++)
		json_string(json, origin_text((enum origin)origin));
	json_close(json, ']');
	json_key(json, "kindOf");
	json_open(json, '[');
	vec_each (&page->names, label)
		json_u64(json, (u64)origin_of(&page->in->known, &labels->labels.data[*label],
					      labels_name(labels, *label)));
	json_close(json, ']');
}

/* Where the function is written: an index in places, 0 is "". */
static u32 place_of(struct page *page, const struct label *label)
{
	const struct symbols *symbols = page->in->known.symbols;
	const struct function *function;
	struct text place = { 0 };
	u32 id = 0;

	if (!symbols || label->function >= symbols->function_count)
		return 0;
	function = &symbols->functions[label->function];
	if (function->file) {
		place_add(&place, function->file, function->line);
		id = intern_id(&page->places, text_str(&place));
	}
	text_release(&place);
	return id;
}

static void write_interned(struct json *json, const char *key, const struct intern *texts)
{
	json_key(json, key);
	json_open(json, '[');
	for (u32 id = 0; id < texts->count; id++)
		json_string(json, intern_text(texts, id));
	json_close(json, ']');
}

static void write_places(struct page *page)
{
	struct json *json = &page->json;

	intern_id(&page->places, "");
	json_key(json, "placeOf");
	json_open(json, '[');
	vec_each (&page->names, label)
		json_u64(json, place_of(page, &page->in->labels->labels.data[*label]));
	json_close(json, ']');
	write_interned(json, "places", &page->places);
}

/* By node: 1 + index of its text in awaits, 0 for none. Owned by the caller. */
static u32 *await_texts(struct page *page, const struct flame_view *view)
{
	u32 *text_of = xcalloc(view->tree.nodes.len, sizeof *text_of);
	const struct awaited_list *list = &view->awaits;

	for (size_t i = 0, n; i < list->len; i += n) {
		struct text text = { 0 };
		u32 node = list->data[i].node;

		for (n = 1; i + n < list->len && list->data[i + n].node == node;)
			n++;
		flame_awaits(&text, view, page->in->labels, &list->data[i], n);
		text_of[node] = 1 + intern_id(&page->awaits, text_str(&text));
		text_release(&text);
	}
	return text_of;
}

static void write_amounts(struct page *page, const struct flame_view *view, u32 node)
{
	const struct diff *diff = page->in->diff;

	if (!diff) {
		json_u64(&page->json, value_of(page, view->tree.nodes.data[node].self));
		return;
	}
	for (int side = 0; side < 2; side++)
		json_u64(&page->json, value_of(page, diff->nodes[node].self[side]));
}

static void write_view(struct page *page, const struct flame_view *view)
{
	const struct calltree *tree = &view->tree;
	struct json *json = &page->json;
	u32 *await_of = await_texts(page, view);
	u64 number = 0;

	json_open(json, '{');
	json_key_string(json, "name", view->name);
	json_key_string(json, "about", view->about);
	json_key(json, "tasks");
	json_open(json, '[');
	for (u32 at = calltree_next(tree, 0); at != NO_ID; at = calltree_next(tree, at)) {
		number++;
		if (tree->nodes.data[at].is_task)
			json_u64(json, number);
	}
	json_close(json, ']');
	json_key(json, "nodes");
	json_open(json, '[');
	for (u32 at = calltree_next(tree, 0); at != NO_ID; at = calltree_next(tree, at)) {
		json_u64(json, tree->nodes.data[at].depth);
		json_u64(json, page->name_of[tree->nodes.data[at].label]);
		json_u64(json, await_of[at]);
		write_amounts(page, view, at);
	}
	json_close(json, ']');
	json_close(json, '}');
	free(await_of);
}

static void write_total(struct page *page, struct amount all)
{
	json_open(&page->json, '{');
	json_key_u64(&page->json, "samples", all.samples);
	json_key_u64(&page->json, "weight", all.weight);
	json_close(&page->json, '}');
}

static double scale_of(const struct page *page, struct amount all)
{
	return page->weighted && all.samples ? (double)all.weight / (double)all.samples : 1;
}

static void write_totals(struct page *page)
{
	struct amount one = calltree_all(&page->in->views[0].tree);
	const struct amount *all = page->in->diff ? page->in->diff->all : &one;
	int sides = page->in->diff ? 2 : 1;
	struct json *json = &page->json;

	json_key(json, "totals");
	json_open(json, '[');
	for (int side = 0; side < sides; side++)
		write_total(page, all[side]);
	json_close(json, ']');
	json_key(json, "scale");
	json_open(json, '[');
	for (int side = 0; side < sides; side++)
		json_double(json, scale_of(page, all[side]));
	json_close(json, ']');
}

static void write_data(struct page *page)
{
	const struct flame_input *in = page->in;
	struct json *json = &page->json;

	json_open(json, '{');
	json_key_text(json, "title", in->title);
	json_key_text(json, "summary", in->summary);
	json_key_text(json, "unit", in->unit);
	json_key(json, "up");
	json_bool(json, in->up);
	write_totals(page);
	write_names(page);
	write_kinds(page);
	write_places(page);
	json_key(json, "views");
	json_open(json, '[');
	for (size_t i = 0; i < in->view_count; i++)
		write_view(page, &in->views[i]);
	json_close(json, ']');
	write_interned(json, "awaits", &page->awaits);
	json_close(json, '}');
}

static void put_style(FILE *out)
{
	fprintf(out, "<style>\n%s</style>\n", page_style);
}

void flame_html(const struct flame_input *in)
{
	struct page page = { .in = in, .json = { .out = in->out } };

	intern_init(&page.places);
	intern_init(&page.awaits);
	page.weighted = in->diff || is_weighted(&in->views[0].tree);
	use_names(&page);
	/* The policy keeps the page to itself: nothing is fetched, whatever is in the names. */
	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "script-src 'unsafe-inline'; style-src 'unsafe-inline'\">\n"
	      "<title>aprof flame graph</title>\n",
	      in->out);
	put_style(in->out);
	fprintf(in->out, "</head>\n<body>\n%s", page_body);
	fputs("<script type=\"application/json\" id=\"data\">", in->out);
	write_data(&page);
	fputs("</script>\n<script>\n(() => {\n\"use strict\";\n", in->out);
	for (size_t i = 0; i < ARRAY_LEN(page_scripts); i++)
		fputs(page_scripts[i], in->out);
	fputs("})();\n</script>\n</body>\n</html>\n", in->out);
	intern_release(&page.places);
	intern_release(&page.awaits);
	vec_release(&page.names);
	free(page.name_of);
}
