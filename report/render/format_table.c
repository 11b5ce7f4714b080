/* The default report: functions, best first. */
#include "report/async/logical.h"
#include "report/render/names.h"
#include "report/render/render.h"

/* Without --percent-limit: what has a cost of its own, bodies, and what much of the rest is under. */
#define LEAST_SELF 0.001
#define LEAST_BODY 0.005
#define LEAST_TOTAL 0.05
#define COLUMNS_BEFORE_NAME 34

struct hidden {
	u64 functions;
	struct amount self;
};

static void print_row(const struct render_input *in, const struct flat_row *row)
{
	const struct label_set *labels = in->tree->labels;
	const struct label *label = &labels->labels.data[row->label];
	const struct style *style = in->style;
	double self = amount_share(row->self, calltree_all(in->tree));
	double total = amount_share(row->total, calltree_all(in->tree));
	double hot = in->order == FLAT_BY_SELF ? self : total;
	struct text name = { 0 };
	char samples[32];

	name_fit(&name, labels_name(labels, row->label),
		 style->width ? style->width - COLUMNS_BEFORE_NAME : 0, style->unicode);
	fprintf(in->out, "%s%5.1f%%  %5.1f%%%s  %8s  %s%-6s  %s%s\n",
		style_ink(style, style_ink_of_share(hot)), 100 * self, 100 * total,
		style_plain(style), format_count(row->self.samples, samples),
		style_ink(style, style_ink_of_kind(label->kind)), style_kind(label->kind),
		text_str(&name), style_plain(style));
	text_release(&name);
}

static bool is_shown(const struct render_input *in, const struct flat_row *row)
{
	u8 kind = in->tree->labels->labels.data[row->label].kind;
	double self = amount_share(row->self, calltree_all(in->tree));
	double total = amount_share(row->total, calltree_all(in->tree));

	if (in->limit >= 0)
		return total >= in->limit;
	if (kind == STEP_ASYNC || kind == STEP_FUTURE)
		return total >= LEAST_BODY;
	return self >= LEAST_SELF || total >= LEAST_TOTAL;
}

void render_table(const struct render_input *in)
{
	struct amount all = calltree_all(in->tree);
	struct hidden hidden = { 0 };
	struct flat rows = { 0 };
	char buf[32];

	flat_build(&rows, in->tree, in->order);
	render_header(in, "  Self   Total   Samples  Kind    Function");
	vec_each (&rows, row) {
		if (is_shown(in, row)) {
			print_row(in, row);
			continue;
		}
		hidden.functions++;
		amount_add(&hidden.self, row->self);
	}
	if (hidden.functions)
		fprintf(in->out, "%5.1f%%  in %s more function%s (--percent-limit 0 shows %s)\n",
			100 * amount_share(hidden.self, all), format_count(hidden.functions, buf),
			hidden.functions == 1 ? "" : "s", hidden.functions == 1 ? "it" : "them");
	vec_release(&rows);
}
