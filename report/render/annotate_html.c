/* Annotated source as a page: one table a file, warm where it costs. */
#include "report/render/annotate.h"

#include <string.h>

#include "report/render/markup.h"
#include "report/render/place.h"

static const char page_style[] =
#include <embed/annotate.css.h>
	;

static void put_share(const struct annotate_input *in, struct amount amount)
{
	double share = annotate_share(in, amount);

	fprintf(in->out, "<td%s>", share >= 0.01 ? " class=\"hot\"" : "");
	if (amount.samples)
		fprintf(in->out, "%.1f%%", 100 * share);
	fputs("</td>", in->out);
}

static void put_line(void *arg, const struct annotate_line *line)
{
	const struct annotate_input *in = arg;
	static const struct line_cost nothing;
	const struct line_cost *cost = line->cost ? line->cost : &nothing;
	/* The line itself is tinted by its total, so that the eye finds it. */
	double heat = annotate_share(in, cost->total);
	struct text note = { 0 };

	if (!line->number) {
		fputs("<tr class=\"gap\"><td colspan=\"4\">\u22ef</td></tr>\n", in->out);
		return;
	}
	fprintf(in->out, "<tr style=\"background:rgba(230,120,20,%.3f)\">", 0.4 * heat);
	put_share(in, cost->self);
	put_share(in, cost->total);
	if (line->number == UINT32_MAX)
		fputs("<td>?</td><td>", in->out);
	else
		fprintf(in->out, "<td>%u</td><td>", line->number);
	markup_text(in->out, line->text ? line->text : "");
	annotate_callees(&note, in, cost, 0);
	if (note.len) {
		fputs("  <span class=\"note\">\u2190 ", in->out);
		markup_text(in->out, text_str(&note));
		fputs("</span>", in->out);
	}
	fputs("</td></tr>\n", in->out);
	text_release(&note);
}

static bool put_file(const struct annotate_input *in, const struct line_cost *costs, size_t count,
		     u32 label)
{
	const char *declared_in;
	u32 declared = annotate_declared(in, label, &declared_in);
	const char *file = costs[0].file;
	struct annotate_input copy = *in;
	struct source_text source;
	bool found;

	if (!file || !declared_in || strcmp(file, declared_in) != 0)
		declared = 0;
	source_text_read(&source, file, in->source_dirs);
	found = source.text != NULL;
	fputs("<p>", in->out);
	markup_text(in->out, file ? file : "lines that are not known");
	fputs(found || !file ? "</p>\n" : ": source not found</p>\n", in->out);
	fputs("<div class=\"box\"><table>\n<tr><th>Self</th><th>Total</th><th>Line</th><th>Source"
	      "</th></tr>\n",
	      in->out);
	if (file)
		annotate_lines(costs, count, declared, &source, put_line, &copy);
	else
		put_line(&copy, &(struct annotate_line){ UINT32_MAX, NULL, &costs[0] });
	fputs("</table></div>\n", in->out);
	source_text_release(&source);
	return found || !file;
}

static size_t put_function(const struct annotate_input *in, u32 label)
{
	struct line_costs costs;
	size_t missing = 0;

	lines_build(&costs, in->tree, label);
	fputs("<h1>", in->out);
	markup_text(in->out, labels_name(in->labels, label));
	fprintf(in->out, "</h1>\n<p>%.1f%% self, %.1f%% total of ",
		100 * annotate_share(in, costs.self), 100 * annotate_share(in, costs.total));
	markup_text(in->out, in->profile->events[in->event].name);
	fputs("</p>\n", in->out);
	for (size_t i = 0, n; i < costs.lines.len; i += n) {
		n = annotate_same_file(&costs, i);
		missing += !put_file(in, &costs.lines.data[i], n, label);
	}
	lines_release(&costs);
	return missing;
}

size_t annotate_html(const struct annotate_input *in)
{
	size_t missing = 0;

	fprintf(in->out,
		"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'\">\n<title>aprof annotate</title>\n<style>\n%s</style>\n"
		"</head>\n<body>\n",
		page_style);
	vec_each (in->functions, label)
		missing += put_function(in, *label);
	fputs("</body>\n</html>\n", in->out);
	return missing;
}
