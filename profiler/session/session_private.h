/* The state of a recording, shared by the files that make up a session. */
#ifndef APROF_SESSION_SESSION_PRIVATE_H
#define APROF_SESSION_SESSION_PRIVATE_H

#include <signal.h>

#include <aprof/vec.h>

#include "profiler/perf/sampler.h"
#include "profiler/session/depth.h"
#include "profiler/session/launch.h"
#include "profiler/session/output.h"
#include "profiler/session/pipeline.h"
#include "profiler/session/session.h"
#include "profiler/session/switches.h"

struct session {
	const struct session_options *options;
	struct output output;
	struct child child;
	struct sampler *sampler;
	struct modules *modules;
	struct processes *processes;
	struct kernel *kernel;
	struct pipeline *pipeline;
	struct store *store;

	int signals; /* signalfd */
	sigset_t old_signals; /* the mask that the target starts with */
	int stop_signal; /* what ended the recording; 0: none */

	int target_fd; /* pidfd of the first attached process, or -1 */
	struct VEC(int) pidfds;

	u64 started, stopped; /* ns, CLOCK_MONOTONIC */
	u64 end; /* ns after `started`, with a duration */
	u64 written; /* bytes of the finished file */
	struct file_quality quality; /* of the finished recording */
	struct switches switches; /* of attached targets */
	struct depth depth;
	u64 shown; /* when the status line was written last */
	u64 *ended; /* a bit for each id of a process that ended and is not used again; see strangers.c */
	bool enabled;
};

u64 session_now(void);

#endif
