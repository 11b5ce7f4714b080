/*
 * Numbers to bytes: the formats of `aprof report`, one file each, in one table.
 */
#ifndef APROF_RENDER_RENDER_H
#define APROF_RENDER_RENDER_H

#include <stdio.h>

#include "report/load/profile.h"
#include "report/render/style.h"
#include "report/tree/calltree.h"
#include "report/tree/flat.h"
#include "report/tree/quality.h"

/* What a format is given: one event of one profile. */
struct render_input {
	FILE *out;
	const struct style *style;
	const struct profile *profile;
	u32 event;
	const struct calltree *tree; /* finished */
	const struct quality *quality;
	const struct label_ids *functions; /* callers of what */
	enum flat_order order;
	double limit; /* smallest share to show, 0 to 1; negative: what suits the format */
};

typedef void render_fn(const struct render_input *in);

struct render_format {
	const char *name; /* of the option */
	const char *help;
	render_fn *render;
	bool for_machines; /* nothing but the data on stdout: no header, no quality line */
	bool every_event; /* one after the other; otherwise the first, or the one asked for */
};

/* Ends with an all-zero row. The first is what is shown when nothing is asked for. */
extern const struct render_format render_formats[];

render_fn render_table, render_tree, render_inverted, render_callers, render_folded, render_tasks;

/* "cpu-clock: 9,990 samples, 10.0 s of CPU": above a table, with its column heads below. */
void render_header(const struct render_input *in, const char *columns);

/* The quality line, and lines on what went wrong; wrapped to the width. */
void render_quality(const struct render_input *in);
/* The quality line alone. */
void quality_text(struct text *out, const struct quality *quality, const struct profile *profile);

#endif
