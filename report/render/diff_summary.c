/* What a comparison comes to, in sentences: what B gained, where it did not, what is not known. */
#include <math.h>
#include <stdlib.h>

#include "report/render/diff.h"
#include "report/render/names.h"
#include "report/render/render.h"

#define NAMED 3 /* functions that a sentence names at most */
#define MATTERS 0.01 /* share below which a function is not worth naming */
#define NAME_WIDTH 48

struct ranked VEC(const struct diff_row *);

static double gain_of(const struct diff_input *in, const struct diff_row *row)
{
	return -diff_change(in, row->sides[0].own, row->sides[1].own);
}

static int by_gain(const void *a, const void *b, void *arg)
{
	const struct diff_input *in = *(const struct diff_input **)arg;
	double l = gain_of(in, *(const struct diff_row *const *)a);
	double r = gain_of(in, *(const struct diff_row *const *)b);

	return (l < r) - (l > r);
}

static int by_cost_in_b(const void *a, const void *b, void *arg)
{
	u64 l = (*(const struct diff_row *const *)a)->sides[1].own.weight;
	u64 r = (*(const struct diff_row *const *)b)->sides[1].own.weight;

	(void)arg;
	return (l < r) - (l > r);
}

static bool is_comparable(const struct diff_row *row)
{
	return row->sides[0].presence != DIFF_NOT_KNOWN && row->sides[1].presence != DIFF_NOT_KNOWN;
}

/* Clearly cheaper in B, by enough of A. */
static bool gained(const struct diff_input *in, const struct diff_row *row)
{
	struct diff_ratio ratio = diff_ratio(row->sides[0].own, row->sides[1].own, diff_scale(in));

	return is_comparable(row) &&
	       gain_of(in, row) >= MATTERS * (double)in->diff->all[0].weight &&
	       !diff_is_same(ratio);
}

/* Costs in B, and not clearly less than in A. */
static bool stayed(const struct diff_input *in, const struct diff_row *row)
{
	struct diff_ratio ratio = diff_ratio(row->sides[0].own, row->sides[1].own, diff_scale(in));

	if (!is_comparable(row) || row->sides[0].merged || row->sides[1].merged ||
	    amount_share(row->sides[1].own, in->diff->all[1]) < MATTERS)
		return false;
	return !ratio.valid || ratio.ratio + ratio.error >= 1;
}

static void add_name(struct text *out, const struct diff_input *in, const struct diff_row *row)
{
	name_fit(out, labels_name(in->diff->shape.labels, row->label), NAME_WIDTH,
		 in->style->unicode);
}

static void add_gain(struct text *out, const struct diff_input *in, const struct diff_row *row)
{
	double gain = gain_of(in, row);
	char buf[32];

	add_name(out, in, row);
	if (in->normalize)
		text_printf(out, " (-%.1f%%)", 100 * gain / (double)in->diff->all[0].weight);
	else if (in->is_time)
		text_printf(out, " (-%s)", format_time(gain, buf));
	else
		text_printf(out, " (-%.3g)", gain);
}

static void add_stay(struct text *out, const struct diff_input *in, const struct diff_row *row)
{
	struct diff_ratio ratio = diff_ratio(row->sides[0].own, row->sides[1].own, diff_scale(in));

	add_name(out, in, row);
	text_add(out, " (");
	if (ratio.valid)
		diff_ratio_text(out, in, ratio);
	else
		text_add(out, row->sides[0].total.samples ? "was not seen by itself in A" : "new");
	text_char(out, ')');
}

typedef bool choose_fn(const struct diff_input *, const struct diff_row *);
typedef void add_fn(struct text *, const struct diff_input *, const struct diff_row *);
typedef int order_fn(const void *, const void *, void *);

/* "HEAD a (..), b (..) and 4 more." for the rows that are chosen; nothing for none. */
static void print_list(const struct diff_input *in, const char *head, choose_fn *choose,
		       order_fn *order, add_fn *add)
{
	struct ranked ranked = { 0 };
	struct text line = { 0 };

	vec_each (&in->diff->rows, row)
		if (choose(in, row))
			*vec_push(&ranked) = row;
	if (ranked.len) {
		qsort_r(ranked.data, ranked.len, sizeof *ranked.data, order, &in);
		text_add(&line, head);
		for (size_t i = 0; i < ranked.len && i < NAMED; i++) {
			text_add(&line, i ? ", " : " ");
			add(&line, in, ranked.data[i]);
		}
		if (ranked.len > NAMED)
			text_printf(&line, " and %zu more", ranked.len - NAMED);
		text_char(&line, '.');
		style_wrap(in->style, in->out, text_str(&line));
	}
	text_release(&line);
	vec_release(&ranked);
}

static void print_overall(const struct diff_input *in)
{
	const struct amount *all = in->diff->all;
	struct diff_ratio ratio = diff_ratio(all[0], all[1], 1);
	struct text line = { 0 };
	char a[32], b[32];

	if (in->normalize || !ratio.valid)
		return;
	if (in->is_time)
		text_printf(&line, "B took %s of CPU time where A took %s: ",
			    format_time((double)all[1].weight, b),
			    format_time((double)all[0].weight, a));
	else
		text_printf(&line, "B has %.3g events where A has %.3g: ", (double)all[1].weight,
			    (double)all[0].weight);
	if (diff_is_same(ratio))
		text_add(&line, "the same, as far as sampling can tell (");
	else if (ratio.ratio < 1)
		text_printf(&line, "%.2f times less (", 1 / ratio.ratio);
	else
		text_printf(&line, "%.2f times more (", ratio.ratio);
	diff_ratio_text(&line, in, ratio);
	text_add(&line, ").");
	style_wrap(in->style, in->out, text_str(&line));
	text_release(&line);
}

static void print_not_known(const struct diff_input *in, int side)
{
	struct text line = { 0 };
	u64 count = 0;

	vec_each (&in->diff->rows, row)
		count += row->sides[side].presence == DIFF_NOT_KNOWN;
	if (!count)
		return;
	text_printf(&line,
		    "%llu function%s of %c %s not known in %c, which has no DWARF for %s: inlined "
		    "there, perhaps, not removed. For more, record a build made with "
		    "CARGO_PROFILE_RELEASE_DEBUG=1, or name one of identical code with "
		    "--debug-binary.",
		    (unsigned long long)count, count == 1 ? "" : "s", "AB"[!side],
		    count == 1 ? "is" : "are", "AB"[side], count == 1 ? "it" : "them");
	style_wrap(in->style, in->out, text_str(&line));
	text_release(&line);
}

static void print_quality(const struct diff_input *in)
{
	for (int side = 0; side < 2; side++) {
		struct text line = { 0 };

		text_printf(&line, "%c: ", "AB"[side]);
		quality_text(&line, in->qualities[side], in->profiles[side]);
		style_wrap(in->style, in->out, text_str(&line));
		text_release(&line);
	}
}

void render_diff_summary(const struct diff_input *in)
{
	fputc('\n', in->out);
	print_quality(in);
	fputc('\n', in->out);
	print_overall(in);
	print_list(in, in->normalize ? "B spends a smaller share in" : "Gained most in", gained,
		   by_gain, add_gain);
	print_list(in, in->normalize ? "No smaller share in" : "No gain in", stayed, by_cost_in_b,
		   add_stay);
	for (int side = 0; side < 2; side++)
		print_not_known(in, side);
}
