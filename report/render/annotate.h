/* A logical function's source lines with what each costs and awaits, as text or as a page. */
#ifndef APROF_RENDER_ANNOTATE_H
#define APROF_RENDER_ANNOTATE_H

#include <stdio.h>

#include "report/load/profile.h"
#include "report/symbols/source.h"
#include "report/render/style.h"
#include "report/symbols/symbols.h"
#include "report/tree/lines.h"

struct annotate_input {
	FILE *out;
	const struct style *style; /* text only */
	const struct profile *profile;
	u32 event;
	const struct label_set *labels;
	const struct symbols *symbols;
	const struct calltree *tree;
	const char *const *source_dirs; /* NULL-terminated, or NULL */
	const struct label_ids *functions;
};

/* Each returns the number of functions whose source was not found. */
size_t annotate_text(const struct annotate_input *in);
size_t annotate_html(const struct annotate_input *in);

/* --- shared by both --- */

struct annotate_line {
	u32 number; /* 0: lines are left out here */
	const char *text; /* NULL: not known */
	const struct line_cost *cost; /* NULL: nothing was seen here */
};

typedef void annotate_each_line(void *arg, const struct annotate_line *line);

/*
 * Lines of one file with their cost, and some around each; `declared` is where the function begins,
 * if it begins in this file, else 0.
 */
void annotate_lines(const struct line_cost *costs, size_t count, u32 declared,
		    const struct source_text *source, annotate_each_line *each, void *arg);

/* Number of costs from `first` on that are of one file. */
size_t annotate_same_file(const struct line_costs *costs, size_t first);

/*
 * "awaits shop::pay (30.2%), shop::ship (1.0%)" for a line, a single one in `width` columns (0: as
 * many as it likes); nothing if it awaits and calls nothing.
 */
void annotate_callees(struct text *out, const struct annotate_input *in,
		      const struct line_cost *cost, size_t width);

/* Share of the whole run. */
double annotate_share(const struct annotate_input *in, struct amount amount);

/* Where the function is declared: 0 if not known. */
u32 annotate_declared(const struct annotate_input *in, u32 label, const char **file);

#endif
