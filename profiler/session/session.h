/* One recording: what is profiled and how, from the first descriptor to the last chunk. */
#ifndef APROF_SESSION_SESSION_H
#define APROF_SESSION_SESSION_H

#include <aprof/err.h>
#include <aprof/types.h>

#include "profiler/perf/sampler.h"
#include "profiler/process/processes.h"

struct session_options {
	struct sampler_options sampling; /* its targets are filled in by the session */
	char *const *command; /* NULL-terminated; NULL: attach */
	struct thread_ids pids, tids; /* to attach to */
	const char *output; /* "-": standard output */
	u64 delay_ns; /* sampling starts so long after the target */
	u64 duration_ns; /* 0: until the target ends */
	bool realtime; /* drain above all ordinary work */
	bool quiet;
	int verbose;
};

/* *status is the target's exit status where aprof launched it, else 0. */
ERR_MUST_CHECK struct err *session_run(const struct session_options *options, int *status);

#endif
