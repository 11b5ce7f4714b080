/* The rows of a profile as call trees of logical stacks, one an event, in one pass. */
#ifndef APROF_TREE_GATHER_H
#define APROF_TREE_GATHER_H

#include <aprof/err.h>

#include "report/async/logical.h"
#include "report/load/profile.h"
#include "report/tree/calltree.h"
#include "report/tree/filter.h"
#include "report/tree/quality.h"

/* Which steps keep the line they stand at; the others are the same node for every line. */
enum gather_sites {
	GATHER_NO_SITES,
	GATHER_AWAITS, /* bodies that await a next one */
	GATHER_LINES, /* every step */
};

struct gather_options {
	enum gather_sites sites;
	struct filter filter;
};

/* Called for each row that the filter takes, with its node in the event's tree. */
typedef void gather_each(void *arg, const struct profile_row *row, u32 node,
			 const struct logical_stack *stack);

struct gathered { /* one a profile event, by event id */
	struct calltree tree;
	struct quality quality;
};

/*
 * *out has profile->event_count entries, and is owned by the caller. `each` may be NULL. Trees are
 * finished.
 */
ERR_MUST_CHECK struct err *gather(struct gathered **out, struct profile *profile,
				  struct logical *logical, struct label_set *labels,
				  const struct gather_options *options, gather_each *each,
				  void *arg);
void gathered_free(struct gathered *all, u32 event_count);

#endif
