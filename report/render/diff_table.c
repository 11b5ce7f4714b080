/* Functions of both profiles, each once, by how much their cost changed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/render/diff.h"
#include "report/render/names.h"

#define DEFAULT_LIMIT 0.005
#define RATIO_WIDTH 12
#define SAMPLES_WIDTH 12
#define COLUMNS_BEFORE_NAME (4 * 7 + RATIO_WIDTH + SAMPLES_WIDTH + 2)

/*
 * What a row's ratio is of: the time of its own; or with what it calls, if it has none, or if its
 * own may hold what is inlined into it.
 */
static bool by_total(const struct diff_input *in, const struct diff_row *row)
{
	return in->order == FLAT_BY_TOTAL || row->sides[0].merged || row->sides[1].merged ||
	       !(row->sides[0].self.samples || row->sides[1].self.samples);
}

static struct amount amount_of(const struct diff_side *side, bool total)
{
	return total ? side->total : side->self;
}

static double change_of(const struct diff_input *in, const struct diff_row *row)
{
	bool total = in->order == FLAT_BY_TOTAL;

	return diff_change(in, amount_of(&row->sides[0], total), amount_of(&row->sides[1], total));
}

static bool is_known(const struct diff_row *row)
{
	return row->sides[0].presence != DIFF_NOT_KNOWN && row->sides[1].presence != DIFF_NOT_KNOWN;
}

/* Largest change first; what cannot be compared last. */
static int by_change(const void *a, const void *b, void *arg)
{
	const struct diff_row *l = a, *r = b;
	const struct diff_input *in = *(const struct diff_input **)arg;
	double left = fabs(change_of(in, l)), right = fabs(change_of(in, r));

	if (is_known(l) != is_known(r))
		return is_known(l) ? -1 : 1;
	if (left != right)
		return left < right ? 1 : -1;
	return strcmp(labels_name(in->diff->shape.labels, l->label),
		      labels_name(in->diff->shape.labels, r->label));
}

static void add_ratio(struct text *out, const struct diff_input *in, const struct diff_row *row)
{
	bool total = by_total(in, row);
	struct diff_ratio ratio = diff_ratio(amount_of(&row->sides[0], total),
					     amount_of(&row->sides[1], total), diff_scale(in));

	if (!is_known(row))
		text_add(out, "not known");
	else if (!row->sides[1].total.samples)
		text_add(out, "only A");
	else if (!row->sides[0].total.samples)
		text_add(out, "only B");
	else if (ratio.valid) {
		bool aside = total && in->order != FLAT_BY_TOTAL;

		text_add(out, aside ? "(" : "");
		diff_ratio_text(out, in, ratio);
		text_add(out, aside ? ")" : "");
	} else {
		text_add(out, "-"); /* time of its own in one of the two only */
	}
	if (row->sides[0].merged || row->sides[1].merged)
		text_char(out, '?');
}

static enum ink ink_of(const struct diff_input *in, const struct diff_row *row)
{
	bool total = by_total(in, row);
	struct diff_ratio ratio = diff_ratio(amount_of(&row->sides[0], total),
					     amount_of(&row->sides[1], total), diff_scale(in));

	if (!is_known(row) || !ratio.valid || diff_is_same(ratio))
		return INK_NONE;
	return ratio.ratio < 1 ? INK_GAIN : INK_LOSS;
}

static void print_values(const struct diff_input *in, const struct diff_row *row, bool total)
{
	char value[32];

	for (int side = 0; side < 2; side++) {
		const struct diff_side *of = &row->sides[side];
		struct amount part = amount_of(of, total);

		fprintf(in->out, "%6s ",
			part.samples			 ? diff_value(in, part, side, value)
			: of->presence == DIFF_NOT_KNOWN ? "?"
							 : "-");
	}
}

static void print_row(const struct diff_input *in, const struct diff_row *row)
{
	const struct style *style = in->style;
	const struct label_set *labels = in->diff->shape.labels;
	bool total = by_total(in, row);
	struct text ratio = { 0 }, name = { 0 };
	char samples[64];

	print_values(in, row, false);
	print_values(in, row, true);
	add_ratio(&ratio, in, row);
	fputs(style_ink(style, ink_of(in, row)), in->out);
	diff_print_right(in->out, text_str(&ratio), RATIO_WIDTH);
	snprintf(samples, sizeof samples, "%llu/%llu",
		 (unsigned long long)amount_of(&row->sides[0], total).samples,
		 (unsigned long long)amount_of(&row->sides[1], total).samples);
	name_fit(&name, labels_name(labels, row->label),
		 style->width ? style->width - COLUMNS_BEFORE_NAME : 0, style->unicode);
	fprintf(in->out, "%s%*s  %s%s%s\n", style_plain(style), SAMPLES_WIDTH, samples,
		style_ink(style, style_ink_of_kind(labels->labels.data[row->label].kind)),
		text_str(&name), style_plain(style));
	text_release(&name);
	text_release(&ratio);
}

static bool is_shown(const struct diff_input *in, const struct diff_row *row, double limit)
{
	return amount_share(row->sides[0].total, in->diff->all[0]) >= limit ||
	       amount_share(row->sides[1].total, in->diff->all[1]) >= limit;
}

static void print_legend(const struct diff_input *in, bool any_aside, bool any_merged)
{
	if (any_aside)
		style_wrap(in->style, in->out,
			   "(ratio): of the total, where there is no time of its own to compare");
	if (any_merged)
		style_wrap(
			in->style, in->out,
			"?: seen under an uncertain name, which may hold what is inlined into it");
}

void render_diff_table(const struct diff_input *in)
{
	double limit = in->limit < 0 ? DEFAULT_LIMIT : in->limit;
	size_t count = in->diff->rows.len;
	struct diff_rows rows = { 0 };
	bool any_aside = false, any_merged = false;
	u64 hidden = 0;

	vec_append(&rows, in->diff->rows.data, count);
	if (count)
		qsort_r(rows.data, count, sizeof *rows.data, by_change, &in);
	render_diff_header(in, "Self A Self B  Tot A  Tot B       Ratio     Samples  Function");
	vec_each (&rows, row) {
		if (!is_shown(in, row, limit)) {
			hidden++;
			continue;
		}
		any_aside |= by_total(in, row) && in->order != FLAT_BY_TOTAL;
		any_merged |= row->sides[0].merged || row->sides[1].merged;
		print_row(in, row);
	}
	if (hidden)
		fprintf(in->out, "%llu more function%s (--percent-limit 0 shows %s)\n",
			(unsigned long long)hidden, hidden == 1 ? "" : "s",
			hidden == 1 ? "it" : "them");
	print_legend(in, any_aside, any_merged);
	vec_release(&rows);
}
