/* Two call trees laid over each other: what each function and each chain costs in both. */
#ifndef APROF_TREE_DIFF_H
#define APROF_TREE_DIFF_H

#include "report/tree/calltree.h"

/* How well a side knows a function that it has no sample of. */
enum diff_presence {
	DIFF_PRESENT,
	DIFF_ABSENT,
	DIFF_NOT_KNOWN, /* its crate has no DWARF there: it may be inlined into what is seen */
};

struct diff_side {
	struct amount self, total;
	/*
	 * Of stacks whose innermost body this is, with all sync code below it; of stacks without
	 * any body, whose leaf it is. Each sample is in one function's own, and inlining of sync
	 * code moves none: what debug and release are compared by.
	 */
	struct amount own;
	u8 presence; /* enum diff_presence */
	bool merged; /* seen under an uncertain name: may hold what is inlined into it */
};

struct diff_row {
	u32 label;
	struct diff_side sides[2];
};

struct diff_node { /* of a chain */
	struct amount self[2], total[2];
};

struct diff {
	struct diff_rows VEC(struct diff_row) rows; /* each function once */
	struct calltree shape; /* the chains of both; its amounts are the sums of both */
	struct diff_node *nodes; /* by node of shape */
	struct amount all[2];
	/* Labels (as names are shared) of crates about which side i knows nothing: see diff_knows(). */
	bool *unknown[2]; /* by label */
};

/* Both trees are finished and use the same labels. */
void diff_build(struct diff *out, const struct calltree *a, const struct calltree *b);
void diff_release(struct diff *diff);

/*
 * b / a and its error at 95 %: samples are counts, so a ratio of n and m of them is off by about
 * sqrt(1/n + 1/m) of itself. `scale` is what one unit of b's amounts is worth in a's.
 */
struct diff_ratio {
	bool valid; /* both have samples */
	double ratio, error;
};
struct diff_ratio diff_ratio(struct amount a, struct amount b, double scale);

/* The difference cannot be told from chance. */
static inline bool diff_is_same(struct diff_ratio r)
{
	return r.valid && r.ratio - r.error <= 1 && r.ratio + r.error >= 1;
}

#endif
