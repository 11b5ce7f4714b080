/* What a clock event that belongs to a task costs at each context switch. */
#ifndef APROF_PERF_SWITCH_COST_H
#define APROF_PERF_SWITCH_COST_H

#include <aprof/types.h>

#include "profiler/perf/sampler.h"

/*
 * Nanoseconds to stop and start the sampler's clock, measured on the calling thread, as the kernel
 * does it when a sampled task leaves its CPU and comes back: in a virtual machine each start leaves
 * the guest for setting the timer. 0 where no clock event belongs to a task.
 */
u64 sampler_switch_ns(const struct sampler *sampler);

#endif
