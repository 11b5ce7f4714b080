/* Leaves out steps by --hide, --only-crate and --skip-above. */
#include "report/async/select.h"

#include <string.h>

struct err *selection_init(struct selection *sel, const struct logical_options *options)
{
	*sel = (struct selection){ .only_crate = options->only_crate,
				   .skip_above = options->skip_above };
	for (const char *const *at = options->hide; at && *at; at++) {
		regex_t re;
		char why[128];
		int failed = regcomp(&re, *at, REG_EXTENDED | REG_NOSUB);

		if (failed) {
			regerror(failed, &re, why, sizeof why);
			selection_release(sel);
			return err_usage("--hide '%s' is no regular expression: %s", *at, why);
		}
		*vec_push(&sel->hide) = re;
	}
	return NULL;
}

void selection_release(struct selection *sel)
{
	vec_each(&sel->hide, re)
		regfree(re);
	vec_release(&sel->hide);
}

/* Steps that are no function's say what the stack is, and stay. */
static bool is_function(const struct step *step)
{
	return step->kind != STEP_THREAD && step->kind != STEP_END;
}

static bool is_hidden(const struct selection *sel, const struct step *step, struct kinds *kinds)
{
	const char *name = intern_text(&kinds->strings, step->name);

	if (!is_function(step))
		return false;
	if (sel->only_crate &&
	    (step->function == NO_ID ||
	     !span_is(kind_of(kinds, step->function)->crate, sel->only_crate)))
		return true;
	vec_each(&sel->hide, re)
		if (regexec(re, name, 0, NULL, 0) == 0)
			return true;
	return false;
}

/* Where the function that --skip-above names is called first; `first` if it is not. */
static size_t start_of(const struct selection *sel, const struct step_vec *steps, size_t first,
		       struct kinds *kinds)
{
	for (size_t i = first; sel->skip_above && i < steps->len; i++)
		if (strcmp(intern_text(&kinds->strings, steps->data[i].name), sel->skip_above) == 0)
			return i;
	return first;
}

void selection_apply(const struct selection *sel, struct step_vec *steps, size_t first,
		     struct kinds *kinds)
{
	size_t to = first;

	for (size_t i = start_of(sel, steps, first, kinds); i < steps->len; i++)
		if (!is_hidden(sel, &steps->data[i], kinds))
			steps->data[to++] = steps->data[i];
	steps->len = to;
}
