/* Flame graphs: one file each, as a page (HTML) or a picture (SVG), of one profile or of two. */
#ifndef APROF_RENDER_FLAME_H
#define APROF_RENDER_FLAME_H

#include <stdio.h>

#include "report/render/origin.h"
#include "report/render/style.h"
#include "report/tree/awaits.h"
#include "report/tree/calltree.h"
#include "report/tree/diff.h"

struct flame_view { /* one way to show the same samples */
	const char *name; /* "Logical" */
	const char *about; /* for the button's hint */
	struct calltree tree; /* finished */
	struct awaited_list awaits;
};

struct flame_input {
	FILE *out;
	const char *title;
	const char *summary; /* one line: samples, quality */
	const char *brief; /* the same in 80 characters */
	const char *event, *unit;
	const struct label_set *labels;
	struct origins known; /* empty if functions are of two profiles */
	const struct flame_view *views;
	size_t view_count;
	const struct diff *diff; /* NULL, or what the nodes of the one view cost in A and in B */
	bool up; /* roots at the bottom */
};

typedef void flame_fn(const struct flame_input *in);

struct flame_format {
	const char *extension; /* of the output file */
	flame_fn *render;
};

/* Ends with an all-zero row; the first is the default. */
extern const struct flame_format flame_formats[];

flame_fn flame_svg, flame_html;

/* "main.rs:12 (80%), main.rs:15": where a node was awaited, most often first. */
void flame_awaits(struct text *out, const struct flame_view *view, const struct label_set *labels,
		  const struct awaited *first, size_t count);

#endif
