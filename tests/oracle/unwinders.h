/* The unwinders that are compared, each with what it needs to know prepared. */
#ifndef APROF_ORACLE_UNWINDERS_H
#define APROF_ORACLE_UNWINDERS_H

#include <aprof/frame.h>
#include <aprof/types.h>

#include "tests/oracle/capture.h"
#include "tests/oracle/images.h"

/* A stack as addresses, leaf first. */
struct trace {
	u64 ip[APROF_MAX_DEPTH];
	u32 count;
	bool timed; /* only the count is wanted */
	bool guessed; /* ours: some frame was found without a rule */
	int stop; /* ours: enum stop_reason; the others: what their last step returned */
};

struct unwinder_api {
	const char *name;
	void *(*start)(const struct capture *capture, struct images *images);
	void (*unwind)(void *self, const struct taken *taken, struct trace *out);
	void (*stop)(void *self);
};

extern const struct unwinder_api oracle_ours, oracle_libunwind, oracle_libdw;

#endif
