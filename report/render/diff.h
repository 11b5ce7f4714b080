/* Two profiles beside each other, as text: table, tree, folded lines, and what it comes to. */
#ifndef APROF_RENDER_DIFF_H
#define APROF_RENDER_DIFF_H

#include <stdio.h>

#include "report/load/profile.h"
#include "report/render/style.h"
#include "report/tree/diff.h"
#include "report/tree/flat.h"
#include "report/tree/quality.h"

struct diff_input {
	FILE *out;
	const struct style *style;
	const struct diff *diff;
	const char *paths[2];
	const struct profile *profiles[2];
	const struct quality *qualities[2];
	const char *event;
	bool is_time; /* amounts are nanoseconds */
	bool normalize; /* compare shares: the runs did different work */
	enum flat_order order; /* which change decides the order */
	double limit; /* smallest share, in either side, that is shown; negative: the default */
};

typedef void render_diff_fn(const struct diff_input *in);

struct diff_format {
	const char *name;
	render_diff_fn *render;
	bool for_machines;
};

/* Ends with an all-zero row; the first is the default. */
extern const struct diff_format diff_formats[];

render_diff_fn render_diff_table, render_diff_tree, render_diff_folded;

/* Above a table: what A and B are. Below it: what B gained, and where it did not. */
void render_diff_header(const struct diff_input *in, const char *columns);
void render_diff_summary(const struct diff_input *in);

/* --- shared by the formats --- */

/* A part of side's whole in the table's unit: milliseconds, seconds, percent, or events. */
char *diff_value(const struct diff_input *in, struct amount part, int side, char buf[32]);
const char *diff_unit(const struct diff_input *in);

/* b's amounts times this are comparable with a's. */
double diff_scale(const struct diff_input *in);

/* "0.33 ±6%", without ± where that cannot be shown. */
void diff_ratio_text(struct text *out, const struct diff_input *in, struct diff_ratio ratio);
/* Change from a to b, in a's weight. */
double diff_change(const struct diff_input *in, struct amount a, struct amount b);
/* Pads to `width` on the left. */
void diff_print_right(FILE *out, const char *text, size_t width);

#endif
