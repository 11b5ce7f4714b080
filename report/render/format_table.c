/* The default report: functions, best first. */
#include "report/render/names.h"
#include "report/render/render.h"

#define DEFAULT_LIMIT 0.0005 /* what would print as 0.0% or 0.1% of nothing */
#define COLUMNS_BEFORE_NAME 32

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

void render_table(const struct render_input *in)
{
	double limit = in->limit < 0 ? DEFAULT_LIMIT : in->limit;
	struct amount all = calltree_all(in->tree);
	struct hidden hidden = { 0 };
	struct flat rows = { 0 };
	char buf[32];

	flat_build(&rows, in->tree, in->order);
	render_header(in, "  Self   Total   Samples  Kind    Function");
	vec_each (&rows, row) {
		if (amount_share(row->total, all) >= limit) {
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
