/* What the text and the page of an annotation share: which lines are shown, and what they await. */
#include "report/render/annotate.h"

#include <string.h>

#include "report/render/names.h"

#define AROUND 2 /* lines shown around one with cost */
#define NAMED 2 /* callees named in a line */
#define NAME_WIDTH 60
#define WORDS 16 /* columns of "awaits " and " (42.0%)" */

size_t annotate_same_file(const struct line_costs *costs, size_t first)
{
	const char *file = costs->lines.data[first].file;
	size_t n = 1;

	while (first + n < costs->lines.len && file && costs->lines.data[first + n].file &&
	       strcmp(costs->lines.data[first + n].file, file) == 0)
		n++;
	return n;
}

/* Shows lines [from, to), of which `cost` is that of line `to - 1`, or NULL. */
static void show(u32 from, u32 to, const struct line_cost *cost, const struct source_text *source,
		 annotate_each_line *each, void *arg)
{
	for (u32 number = from; number < to; number++) {
		struct annotate_line line = { number, source_text_line(source, number),
					      number + 1 == to ? cost : NULL };

		if (line.text || line.cost)
			each(arg, &line);
	}
}

void annotate_lines(const struct line_cost *costs, size_t count, u32 declared,
		    const struct source_text *source, annotate_each_line *each, void *arg)
{
	static const struct annotate_line gap;
	u32 next = 0; /* first line that was not shown */

	/* The function's head is shown even if nothing was seen there. */
	if (declared && declared < costs[0].line) {
		show(declared, declared + 1, NULL, source, each, arg);
		next = declared + 1;
	}
	for (size_t i = 0; i < count; i++) {
		u32 line = costs[i].line;
		u32 from = line > AROUND ? line - AROUND : 1;

		if (from < next || (next && from <= next + 1))
			from = next;
		if (declared && from < declared && line >= declared)
			from = declared;
		if (next && from > next)
			each(arg, &gap);
		if (line < next) /* the same line once more: a macro's */
			from = line;
		show(from, line + 1, &costs[i], source, each, arg);
		next = line + 1;
		/* What follows, as far as the next line's own surroundings do not show it. */
		if (i + 1 == count || costs[i + 1].line > next + 2 * AROUND) {
			show(next, next + AROUND, NULL, source, each, arg);
			next += AROUND;
		}
	}
}

double annotate_share(const struct annotate_input *in, struct amount amount)
{
	return amount_share(amount, calltree_all(in->tree));
}

static size_t add_group(struct text *out, const struct annotate_input *in,
			const struct line_cost *cost, bool awaited, size_t width)
{
	size_t n = 0;

	vec_each (&cost->callees, callee) {
		if (callee->awaited != awaited)
			continue;
		if (n++ >= NAMED)
			continue;
		text_add(out, n > 1 ? ", " : out->len ? "; " : "");
		if (n == 1)
			text_add(out, awaited ? "awaits " : "calls ");
		name_fit(out, labels_name(in->labels, callee->label), width, true);
		text_printf(out, " (%.1f%%)", 100 * annotate_share(in, callee->amount));
	}
	if (n > NAMED)
		text_printf(out, " and %zu more", n - NAMED);
	return n;
}

void annotate_callees(struct text *out, const struct annotate_input *in,
		      const struct line_cost *cost, size_t width)
{
	/* With "awaits " and its share the first name fills the room. */
	size_t room = !width || width > NAME_WIDTH + WORDS ? NAME_WIDTH
							   : width - (width > WORDS ? WORDS : 0);

	/* What is awaited is what a reader of async code looks for; calls are told where nothing is. */
	if (!add_group(out, in, cost, true, room))
		add_group(out, in, cost, false, room);
	if (cost->mark == SITE_MACRO)
		text_add(out, out->len ? " (in a macro)" : "in a macro");
	else if (cost->mark == SITE_NEAR)
		text_add(out, out->len ? " (here or below)" : "here or below");
}

u32 annotate_declared(const struct annotate_input *in, u32 label, const char **file)
{
	u32 id = in->labels->labels.data[label].function;

	*file = NULL;
	if (!in->symbols || id >= in->symbols->function_count)
		return 0;
	*file = in->symbols->functions[id].file;
	return *file ? in->symbols->functions[id].line : 0;
}
