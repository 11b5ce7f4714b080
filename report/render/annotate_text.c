/* Annotated source for the terminal. */
#include "report/render/annotate.h"

#include <string.h>

#include "report/render/names.h"
#include "report/render/place.h"

#define COLUMNS_BEFORE_TEXT 25
#define TAB "    " /* for a tab in source: columns are short */

struct printer {
	const struct annotate_input *in;
};

static void add_source(struct text *out, const char *line)
{
	for (; *line; line++) {
		if (*line == '\t')
			text_add(out, TAB);
		else
			text_char(out, *line);
	}
}

static void print_share(const struct printer *p, struct amount amount)
{
	double share = annotate_share(p->in, amount);

	if (amount.samples)
		fprintf(p->in->out, "%s%5.1f%%%s  ",
			style_ink(p->in->style, style_ink_of_share(share)), 100 * share,
			style_plain(p->in->style));
	else
		fprintf(p->in->out, "%8s", "");
}

static void print_callees(const struct printer *p, const struct line_cost *cost)
{
	const struct style *style = p->in->style;
	struct text note = { 0 }, fitted = { 0 };

	size_t room = style->width ? style->width - COLUMNS_BEFORE_TEXT - 4 : 0;

	annotate_callees(&note, p->in, cost, room);
	if (note.len) {
		name_cut(&fitted, text_str(&note), room, style->unicode);
		fprintf(p->in->out, "%*s%s  %s %s%s\n", COLUMNS_BEFORE_TEXT - 2, "",
			style_ink(style, INK_ASYNC), style->unicode ? "└" : "`", text_str(&fitted),
			style_plain(style));
	}
	text_release(&fitted);
	text_release(&note);
}

static void print_line(void *arg, const struct annotate_line *line)
{
	const struct printer *p = arg;
	const struct style *style = p->in->style;
	struct text source = { 0 }, fitted = { 0 };
	static const struct line_cost nothing;
	const struct line_cost *cost = line->cost ? line->cost : &nothing;

	if (!line->number) {
		fprintf(p->in->out, "%21s\n", "...");
		return;
	}
	print_share(p, cost->self);
	print_share(p, cost->total);
	add_source(&source, line->text ? line->text : "");
	/* Code is cut at its end: a path in it is not a name to shorten. */
	name_cut(&fitted, text_str(&source), style->width ? style->width - COLUMNS_BEFORE_TEXT : 0,
		 style->unicode);
	if (line->number == UINT32_MAX)
		fprintf(p->in->out, "%5s\n", "?");
	else
		fprintf(p->in->out, "%5u  %s%s\n", line->number, fitted.len ? "| " : "",
			text_str(&fitted));
	print_callees(p, cost);
	text_release(&fitted);
	text_release(&source);
}

/* Lines of one file; false if its source is missing. */
static bool print_file(struct printer *p, const struct line_cost *costs, size_t count, u32 label)
{
	const char *declared_in;
	u32 declared = annotate_declared(p->in, label, &declared_in);
	const char *file = costs[0].file;
	struct text place = { 0 };
	struct source_text source;
	bool found;

	if (!file || !declared_in || strcmp(file, declared_in) != 0)
		declared = 0;
	source_text_read(&source, file, p->in->source_dirs);
	found = source.text != NULL;
	if (file)
		place_add(&place, file, 0);
	fprintf(p->in->out, "%s%s%s%s\n", style_ink(p->in->style, INK_DIM),
		file ? text_str(&place) : "lines that are not known",
		found || !file ? "" : ": source not found", style_plain(p->in->style));
	if (file)
		annotate_lines(costs, count, declared, &source, print_line, p);
	else
		print_line(p, &(struct annotate_line){ UINT32_MAX, NULL, &costs[0] });
	source_text_release(&source);
	text_release(&place);
	return found || !file;
}

static size_t print_function(struct printer *p, u32 label)
{
	const struct style *style = p->in->style;
	struct line_costs costs;
	struct text name = { 0 };
	size_t missing = 0;

	lines_build(&costs, p->in->tree, label);
	name_fit(&name, labels_name(p->in->labels, label), style->width, style->unicode);
	fprintf(p->in->out, "%s%s%s\n", style_ink(style, INK_HEADER), text_str(&name),
		style_plain(style));
	fprintf(p->in->out, "%.1f%% self, %.1f%% total of %s\n\n",
		100 * annotate_share(p->in, costs.self), 100 * annotate_share(p->in, costs.total),
		p->in->profile->events[p->in->event].name);
	fprintf(p->in->out, "%s  Self   Total   Line%s\n", style_ink(style, INK_HEADER),
		style_plain(style));
	for (size_t i = 0, n; i < costs.lines.len; i += n) {
		n = annotate_same_file(&costs, i);
		missing += !print_file(p, &costs.lines.data[i], n, label);
	}
	text_release(&name);
	lines_release(&costs);
	return missing;
}

size_t annotate_text(const struct annotate_input *in)
{
	struct printer p = { .in = in };
	size_t missing = 0;

	vec_each (in->functions, label) {
		if (label != in->functions->data)
			fputc('\n', in->out);
		missing += print_function(&p, *label);
	}
	return missing;
}
