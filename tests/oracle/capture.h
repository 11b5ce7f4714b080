/* Samples of a command, with registers and stack copies, kept in memory. */
#ifndef APROF_ORACLE_CAPTURE_H
#define APROF_ORACLE_CAPTURE_H

#include <aprof/err.h>
#include <aprof/vec.h>

#include "profiler/perf/sample.h"
#include "profiler/process/modules.h"
#include "profiler/process/space.h"

struct taken {
	struct sample sample; /* its stack is owned */
	struct space *space; /* one reference */
};
struct capture {
	struct modules *modules;
	struct VEC(struct taken) samples;
	u32 max; /* stops after so many */
	u64 freq;
};

/* Runs argv until it ends, or until enough samples are there; then it is killed. */
ERR_MUST_CHECK struct err *capture_run(struct capture *capture, char *const *argv);
void capture_release(struct capture *capture);

#endif
