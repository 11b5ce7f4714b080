/* What the formats of a comparison share: units, ratios, the table of formats. */
#include "report/render/diff.h"

#include <math.h>

#include "report/render/names.h"

const struct diff_format diff_formats[] = {
	{ "table", render_diff_table },
	{ "tree", render_diff_tree },
	{ "folded", render_diff_folded, .for_machines = true },
	{ 0 },
};

/* One unit for the whole table, so that numbers compare at a glance. */
static bool in_seconds(const struct diff_input *in)
{
	return u64_max(in->diff->all[0].weight, in->diff->all[1].weight) >= 100 * NSEC_PER_SEC;
}

const char *diff_unit(const struct diff_input *in)
{
	if (in->normalize)
		return "shares of each run";
	if (!in->is_time)
		return "events";
	return in_seconds(in) ? "seconds of CPU time" : "milliseconds of CPU time";
}

char *diff_value(const struct diff_input *in, struct amount part, int side, char buf[32])
{
	double ns = (double)part.weight;

	if (in->normalize)
		snprintf(buf, 32, "%.1f%%", 100 * amount_share(part, in->diff->all[side]));
	else if (!in->is_time)
		snprintf(buf, 32, "%.3g", ns);
	else if (in_seconds(in))
		snprintf(buf, 32, "%.1f", ns / 1e9);
	else
		snprintf(buf, 32, "%.0f", ns / 1e6);
	return buf;
}

double diff_scale(const struct diff_input *in)
{
	const struct amount *all = in->diff->all;

	return in->normalize && all[1].weight ? (double)all[0].weight / (double)all[1].weight : 1;
}

double diff_change(const struct diff_input *in, struct amount a, struct amount b)
{
	return (double)b.weight * diff_scale(in) - (double)a.weight;
}

void diff_ratio_text(struct text *out, const struct diff_input *in, struct diff_ratio ratio)
{
	double percent = 100 * ratio.error / ratio.ratio;

	text_printf(out, "%.*f %s%.0f%%",
		    ratio.ratio < 10	? 2
		    : ratio.ratio < 100 ? 1
					: 0,
		    ratio.ratio, in->style->unicode ? "±" : "+-", ceil(percent));
}

void diff_print_right(FILE *out, const char *text, size_t width)
{
	size_t have = name_width(text);

	fprintf(out, "%*s%s", have < width ? (int)(width - have) : 0, "", text);
}

static void print_side(const struct diff_input *in, int side)
{
	struct amount all = in->diff->all[side];
	struct text line = { 0 };
	char samples[32], time[32];

	text_printf(&line, "%c: ", "AB"[side]);
	name_clean(&line, in->paths[side]);
	text_printf(&line, ", %s samples", format_count(all.samples, samples));
	if (in->is_time)
		text_printf(&line, ", %s of CPU time", format_time((double)all.weight, time));
	fprintf(in->out, "%s\n", text_str(&line));
	text_release(&line);
}

void render_diff_header(const struct diff_input *in, const char *columns)
{
	if (!in->style->header)
		return;
	print_side(in, 0);
	print_side(in, 1);
	fprintf(in->out, "%s in %s\n\n%s%s%s\n", in->event, diff_unit(in),
		style_ink(in->style, INK_HEADER), columns, style_plain(in->style));
}
