/*
 * From records to rows: the road between the kernel's interface and the store, the same for a live
 * recording and for an imported one.
 *
 * Records come in time order. A sample is unwound in place against the address space of its moment,
 * by what it carries: registers and a copy of the stack, a chain, or its address alone. One that needs an unwind table that is still being built is copied and waits, within a bound.
 */
#ifndef APROF_SESSION_PIPELINE_H
#define APROF_SESSION_PIPELINE_H

#include <aprof/err.h>
#include <aprof/types.h>

#include "profiler/perf/sample.h"
#include "profiler/process/kernel.h"
#include "profiler/process/modules.h"
#include "profiler/process/processes.h"
#include "profiler/store/store.h"
#include "profiler/unwind/unwind.h"

struct pipeline;

struct pipeline_options {
	struct processes *processes; /* these four outlive the pipeline */
	struct modules *modules;
	struct kernel *kernel; /* NULL: kernel names are not resolved (imports bring their own) */
	struct store *store;
	bool imported; /* records of the past: unwind tables are waited for, and no process is alive */
};

ERR_MUST_CHECK struct err *pipeline_new(struct pipeline **out,
					const struct pipeline_options *options);
void pipeline_free(struct pipeline *pipeline);

/* Kernel frames get the names of the running kernel from here on; NULL: none. */
void pipeline_use_kernel(struct pipeline *pipeline, struct kernel *kernel);

/* The processor of the samples: registers of its branch stack, 0 if not known, and its model as
   perf/cpu.h spells it, NULL if not known. */
void pipeline_set_cpu(struct pipeline *pipeline, u32 lbr_depth, const char *cpu_id);

/* Views in the record need not outlive the call. */
void pipeline_record(struct pipeline *pipeline, const struct record *record);

/* Tries the waiting samples again; called after each drain, and when pipeline_fd() is readable. */
void pipeline_retry(struct pipeline *pipeline);
int pipeline_fd(const struct pipeline *pipeline);

/*
 * Everything that was recorded is in the store when this returns: waits for tables that are still
 * being built, and tells the store what was learned about modules.
 */
void pipeline_finish(struct pipeline *pipeline);

/* What was recorded so far, and what went wrong. */
const struct file_quality *pipeline_quality(const struct pipeline *pipeline);

/* How the stacks of samples were unwound. */
const struct unwind_stats *pipeline_stacks(const struct pipeline *pipeline);

/* For `-v`: unwind tables built, their rows, bytes and time. */
void pipeline_print_tables(const struct pipeline *pipeline);

#endif
