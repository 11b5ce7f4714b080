/* The user's own taste: which steps of a logical stack are left out. */
#ifndef APROF_ASYNC_SELECT_H
#define APROF_ASYNC_SELECT_H

#include <regex.h>

#include <aprof/err.h>

#include "report/async/steps.h"

struct selection {
	struct VEC(regex_t) hide;
	const char *only_crate; /* NULL: all */
	const char *skip_above; /* NULL: nothing */
};

ERR_MUST_CHECK struct err *selection_init(struct selection *sel,
					  const struct logical_options *options);
void selection_release(struct selection *sel);

static inline bool selection_is_empty(const struct selection *sel)
{
	return !sel->hide.len && !sel->only_crate && !sel->skip_above;
}

/* Removes steps from steps[first ..). */
void selection_apply(const struct selection *sel, struct step_vec *steps, size_t first,
		     struct kinds *kinds);

#endif
