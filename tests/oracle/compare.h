/* How two traces of one sample differ, in classes that can be counted and explained. */
#ifndef APROF_ORACLE_COMPARE_H
#define APROF_ORACLE_COMPARE_H

#include "tests/oracle/unwinders.h"

struct difference {
	char *text; /* the class: who stops where, or where they part */
	const char *why; /* NULL: not explained */
	u64 count;
	size_t sample; /* index of an example */
};
struct comparison {
	u64 same, explained, different; /* explained ones are different, too */
	struct VEC(struct difference) classes;
};

void compare(struct comparison *c, struct images *images, const struct taken *taken, size_t sample,
	     const struct trace *ours, const struct trace *theirs, const char *name);
void comparison_print(struct comparison *c, const char *name);
void comparison_release(struct comparison *c);

#endif
