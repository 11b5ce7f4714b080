/* Which rows of a profile a report is about: a time range, and threads by name, pid or tid. */
#ifndef APROF_TREE_FILTER_H
#define APROF_TREE_FILTER_H

#include <aprof/err.h>
#include <aprof/types.h>

#include "report/load/profile.h"

struct filter { /* as the user gave it; NULL is no restriction */
	const char *time; /* "FROM,TO" since the first sample; either may be empty */
	const char *comm; /* names, separated by commas */
	const char *pid; /* numbers, separated by commas */
	const char *tid;
};

static inline bool filter_is_empty(const struct filter *filter)
{
	return !filter->time && !filter->comm && !filter->pid && !filter->tid;
}

struct filter_ready {
	u64 from, to; /* [from, to) in the profile's time */
	bool *threads; /* by thread id; NULL: all */
};

ERR_MUST_CHECK struct err *filter_prepare(struct filter_ready *out, const struct filter *filter,
					  const struct profile *profile);
void filter_release(struct filter_ready *filter);

static inline bool filter_takes(const struct filter_ready *filter, const struct profile_row *row)
{
	return row->time >= filter->from && row->time < filter->to &&
	       (!filter->threads || filter->threads[row->thread]);
}

#endif
