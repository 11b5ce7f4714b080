/*
 * A flame graph as a picture that any viewer shows, and whose own script zooms and searches.
 *
 * Each frame is an <svg> of its own with places in percent: it clips its text at any width, with or
 * without scripts, and a <title> shows on hover.
 */
#include "report/render/flame.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "report/render/markup.h"
#include "report/render/names.h"
#include "report/render/origin.h"

#define WIDTH 1200
#define ROW 18
#define TOP 66 /* above the first row: title, summary, legend */
#define LEAST 0.0004 /* of the whole: half a pixel */
#define NAMED 0.02 /* of the whole: three letters */

static const char picture_style[] =
#include <embed/svg.css.h>
	;
static const char picture_names[] =
#include <embed/names.js.h>
	;
static const char picture_script[] =
#include <embed/svg.js.h>
	;

struct picture {
	const struct flame_input *in;
	const struct flame_view *view;
	double *x; /* by node: where it begins, of the whole */
	u32 rows;
	u64 left_out;
};

/* In a comparison boxes are as wide as in B. */
static struct amount amount_of(const struct picture *p, u32 node, int side)
{
	if (p->in->diff)
		return p->in->diff->nodes[node].total[side];
	return p->view->tree.nodes.data[node].total;
}

static double share_of(const struct picture *p, u32 node)
{
	int side = p->in->diff ? 1 : 0;

	return amount_share(amount_of(p, node, side), amount_of(p, 0, side));
}

/* Places all nodes, and counts the rows and what is too small. */
static void lay_out(struct picture *p)
{
	const struct calltree *tree = &p->view->tree;

	for (u32 at = 0; at != NO_ID; at = calltree_next(tree, at)) {
		const struct calltree_node *node = &tree->nodes.data[at];
		double x = p->x[at];

		if (share_of(p, at) >= LEAST && node->depth + 1 > p->rows)
			p->rows = node->depth + 1;
		p->left_out += share_of(p, at) < LEAST;
		for (u32 c = node->first_child; c != NO_ID; c = tree->nodes.data[c].next_sibling) {
			p->x[c] = x;
			x += share_of(p, c);
		}
	}
}

static const char *name_of(const struct picture *p, u32 node)
{
	return node ? calltree_name(&p->view->tree, node) : "all";
}

static void put_amount(const struct picture *p, u32 node, int side, const char *who)
{
	struct amount part = amount_of(p, node, side), all = amount_of(p, 0, side);
	char samples[32], time[32];

	fprintf(p->in->out, "\n%s%s sample%s, ", who, format_count(part.samples, samples),
		part.samples == 1 ? "" : "s");
	if (strcmp(p->in->unit, "ns") == 0)
		fprintf(p->in->out, "%s, ", format_time((double)part.weight, time));
	fprintf(p->in->out, "%.2f%%", 100 * amount_share(part, all));
}

static void put_title(const struct picture *p, u32 node, enum origin origin,
		      const struct awaited *awaits, size_t await_count)
{
	FILE *out = p->in->out;

	fputs("<title>", out);
	markup_text(out, name_of(p, node));
	if (p->in->diff) {
		put_amount(p, node, 0, "A: ");
		put_amount(p, node, 1, "B: ");
	} else {
		put_amount(p, node, 0, "");
	}
	if (node)
		fprintf(out, "\n%s%s", p->view->tree.nodes.data[node].is_task ? "task root, " : "",
			origin_text(origin));
	if (await_count) {
		struct text sites = { 0 };

		flame_awaits(&sites, p->view, p->in->labels, awaits, await_count);
		fputs("\nawaited at ", out);
		markup_text(out, text_str(&sites));
		text_release(&sites);
	}
	fputs("</title>", out);
}

/* Blue is less, red is more, pale is the same; full at four times. */
static void put_change(const struct picture *p, u32 node)
{
	double a = amount_share(amount_of(p, node, 0), amount_of(p, 0, 0));
	double b = amount_share(amount_of(p, node, 1), amount_of(p, 0, 1));
	double change = a <= 0 ? 1 : b <= 0 ? -1 : fmax(-1, fmin(1, log2(b / a) / 2));

	fprintf(p->in->out, "fill=\"hsl(%d,%.0f%%,%.0f%%)\"", change > 0 ? 8 : 216,
		20 + 65 * fabs(change), 92 - 32 * fabs(change));
}

static enum origin origin_at(const struct picture *p, u32 node)
{
	const struct label_set *labels = p->in->labels;
	u32 label = p->view->tree.nodes.data[node].label;

	return node ? origin_of(&p->in->known, &labels->labels.data[label],
				labels_name(labels, label))
		    : ORIGIN_COUNT;
}

static void put_frame(const struct picture *p, u32 node, const struct awaited *awaits,
		      size_t await_count)
{
	const struct calltree_node *at = &p->view->tree.nodes.data[node];
	u32 row = p->in->up ? p->rows - 1 - at->depth : at->depth;
	enum origin origin = origin_at(p, node);
	double share = node ? share_of(p, node) : 1;
	FILE *out = p->in->out;

	fprintf(out,
		"<svg class=\"f\" x=\"%.4g%%\" y=\"%u\" width=\"%.4g%%\" height=\"%d\" "
		"data-x=\"%.9g\" data-w=\"%.9g\" data-d=\"%u\">",
		100 * p->x[node], TOP + row * ROW, 100 * share, ROW, p->x[node], share, at->depth);
	put_title(p, node, origin, awaits, await_count);
	fputs("<rect width=\"100%\" height=\"17\" ", out);
	if (p->in->diff && node)
		put_change(p, node);
	else
		/* Neighbours of one kind must be told apart: a name has one of three shades. */
		fprintf(out, "class=\"k%d s%u\"", (int)origin, at->label % 3);
	fprintf(out, "/>%s", at->is_task ? "<rect width=\"3\" height=\"17\" class=\"task\"/>" : "");
	if (share >= NAMED) {
		fprintf(out, "<text x=\"%d\" y=\"13\">", at->is_task ? 6 : 4);
		markup_text(out, name_of(p, node));
		fputs("</text>", out);
	}
	fputs("</svg>\n", out);
}

static void put_frames(const struct picture *p)
{
	const struct calltree *tree = &p->view->tree;
	const struct awaited_list *list = &p->view->awaits;
	u32 *first = xcalloc(tree->nodes.len + 1, sizeof *first);
	u32 at = 0;

	/* Sites are sorted by node: where each node's begin. */
	for (size_t i = 0; i < list->len; i++)
		first[list->data[i].node + 1]++;
	for (u32 id = 0; id < tree->nodes.len; id++)
		first[id + 1] += first[id];
	while (at != NO_ID) {
		if (share_of(p, at) < LEAST && at != 0) {
			at = calltree_skip(tree, at);
			continue;
		}
		put_frame(p, at, list->data ? list->data + first[at] : NULL,
			  first[at + 1] - first[at]);
		at = calltree_next(tree, at);
	}
	free(first);
}

static void put_legend(const struct picture *p)
{
	bool used[ORIGIN_COUNT] = { false }, has_tasks = false;
	int x = 10;

	if (p->in->diff) {
		fputs("<text class=\"head soft\" x=\"10\" y=\"56\">width: share of B; blue: "
		      "smaller "
		      "than in A, red: larger</text>\n",
		      p->in->out);
		return;
	}
	for (u32 id = 1; id < p->view->tree.nodes.len; id++) {
		used[origin_at(p, id)] = true;
		has_tasks |= p->view->tree.nodes.data[id].is_task;
	}
	for (int origin = 0; origin < ORIGIN_COUNT; origin++) {
		const char *text = origin_text((enum origin)origin);

		if (!used[origin])
			continue;
		fprintf(p->in->out,
			"<rect x=\"%d\" y=\"46\" width=\"12\" height=\"12\" class=\"k%d\"/>"
			"<text class=\"head\" x=\"%d\" y=\"56\">%s</text>\n",
			x, origin, x + 16, text);
		x += 30 + 7 * (int)strlen(text);
	}
	if (has_tasks)
		fprintf(p->in->out,
			"<rect x=\"%d\" y=\"46\" width=\"3\" height=\"12\" class=\"task\"/>"
			"<text class=\"head\" x=\"%d\" y=\"56\" font-weight=\"bold\">task root"
			"</text>\n",
			x, x + 8);
}

static void put_head(const struct picture *p)
{
	struct text title = { 0 };
	FILE *out = p->in->out;

	name_fit(&title, p->in->title, 70, true);
	fputs("<rect width=\"100%\" height=\"100%\" class=\"page\"/>\n"
	      "<text class=\"head\" x=\"10\" y=\"18\" font-weight=\"bold\" font-size=\"14\">",
	      out);
	markup_text(out, text_str(&title));
	fputs("</text>\n<text class=\"head soft\" x=\"10\" y=\"36\">", out);
	markup_text(out, p->in->brief);
	fputs("</text>\n", out);
	put_legend(p);
	/* For the script: without it there is nothing to press. */
	fputs("<svg x=\"100%\" y=\"0\" overflow=\"visible\"><g text-anchor=\"end\">"
	      "<text id=\"search\" class=\"head button\" x=\"-10\" y=\"18\" style=\"display:none\">"
	      "Search</text>"
	      "<text id=\"reset\" class=\"head button\" x=\"-66\" y=\"18\" style=\"display:none\">"
	      "Reset zoom</text>"
	      "<text id=\"matched\" class=\"head\" x=\"-10\" y=\"56\"></text></g></svg>\n",
	      out);
	text_release(&title);
}

void flame_svg(const struct flame_input *in)
{
	struct picture p = { .in = in, .view = &in->views[0] };
	u32 height;

	p.x = xcalloc(p.view->tree.nodes.len, sizeof *p.x);
	lay_out(&p);
	height = TOP + p.rows * ROW + 26;
	fprintf(in->out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\">\n"
		"<style>%s</style>\n",
		WIDTH, height, picture_style);
	put_head(&p);
	put_frames(&p);
	if (p.left_out)
		fprintf(in->out,
			"<text class=\"head soft\" x=\"10\" y=\"%u\">%llu frames below %g%% are "
			"left out here; the HTML has them</text>\n",
			height - 8, (unsigned long long)p.left_out, 100 * LEAST);
	fprintf(in->out, "<script><![CDATA[\n%s%s]]></script>\n</svg>\n", picture_names,
		picture_script);
	free(p.x);
}
