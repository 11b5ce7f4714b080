/* What the options ask for, as the attr of an event. */
#include <time.h>

#include "profiler/perf/sampler_private.h"

/* sample_id of every event alike, so that all records of a ring can be told apart and put in order:
   see formats.h. */
#define COMMON_SAMPLE_TYPE \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU)

void attr_common(const struct sampler *sampler, struct perf_event_attr *attr, bool cpu_wide)
{
	attr->size = sizeof *attr;
	attr->sample_type |= COMMON_SAMPLE_TYPE;
	attr->sample_id_all = 1;
	attr->read_format = PERF_FORMAT_LOST;
	attr->use_clockid = 1;
	attr->clockid = CLOCK_MONOTONIC;
	attr->inherit = !cpu_wide && !sampler->options.no_inherit;
}

static void attr_rate(const struct sampler_options *options, const struct event *event,
		      struct perf_event_attr *attr)
{
	u64 period = options->period ? options->period : event->every;

	if (!event->own_rate) {
		attr->freq = !period;
		if (period)
			attr->sample_period = period;
		else
			attr->sample_freq = options->freq;
	}
	if (!attr->freq && event->period_step)
		attr->sample_period =
			u64_max(attr->sample_period - attr->sample_period % event->period_step,
				event->period_step);
}

/* Of the kernel, and the interrupted IP alone of user space: see below. */
static void attr_kernel_chain(struct perf_event_attr *attr)
{
	/*
	 * The user part of the chain is of no use but for its head: under PEBS that is the
	 * interrupted IP, which the copy of the stack belongs to (Linux 4.18, 6cbc304f2f36).
	 */
	attr->exclude_callchain_kernel = attr->exclude_kernel;
	attr->exclude_callchain_user = !attr->precise_ip;
	if (!attr->exclude_kernel || attr->precise_ip)
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
}

static void attr_call_graph(const struct sampler *sampler, enum call_graph call_graph,
			    struct perf_event_attr *attr)
{
	if (call_graph == CALL_GRAPH_FP) {
		attr->exclude_callchain_kernel = attr->exclude_kernel;
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	}
	if (call_graph == CALL_GRAPH_DWARF || call_graph == CALL_GRAPH_DWARF_LBR) {
		attr_kernel_chain(attr);
		attr->sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
		attr->sample_regs_user = USER_REGS_MASK;
		attr->sample_stack_user = sampler->stack_bytes;
	}
	if (call_graph == CALL_GRAPH_LBR || call_graph == CALL_GRAPH_DWARF_LBR) {
		/* A sample in the kernel tells by the chain where user space was left. */
		attr_kernel_chain(attr);
		attr->exclude_callchain_user = 0;
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
		attr->sample_type |= PERF_SAMPLE_BRANCH_STACK;
		/* Call-stack mode goes with these bits only (x86's LBR filter). */
		attr->branch_sample_type = PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_CALL_STACK |
					   PERF_SAMPLE_BRANCH_NO_FLAGS |
					   PERF_SAMPLE_BRANCH_NO_CYCLES |
					   PERF_SAMPLE_BRANCH_HW_INDEX;
	}
}

/* Without a privilege level in the mask, branches are of the event's own. */
static void attr_branches(u64 filter, struct perf_event_attr *attr)
{
	attr->sample_type |= PERF_SAMPLE_BRANCH_STACK;
	attr->branch_sample_type = filter;
	if (!(filter & ~(u64)PERF_SAMPLE_BRANCH_PLM_ALL))
		attr->branch_sample_type |= PERF_SAMPLE_BRANCH_ANY;
}

/* What the options ask for, before the kernel was asked. */
struct perf_event_attr attr_wanted(const struct sampler *sampler, const struct planned *planned,
				   const struct wanted *wanted)
{
	const struct sampler_options *options = &sampler->options;
	const struct event *event = &planned->event;
	struct perf_event_attr attr = event->attr;
	bool cpu_wide = planned->cpu_wide;

	attr.precise_ip = wanted->precise & 3;
	attr.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_PERIOD;
	attr_common(sampler, &attr, cpu_wide);
	attr.disabled = 1;
	attr.enable_on_exec = !cpu_wide && options->enable_on_exec;
	attr.exclude_idle = event->is_clock;
	if (options->all_user || !wanted->kernel)
		attr.exclude_kernel = attr.exclude_hv = 1;
	if (options->all_kernel)
		attr.exclude_user = 1;
	attr_rate(options, event, &attr);
	attr_call_graph(sampler, wanted->call_graph, &attr);
	if (wanted->branch_any)
		attr_branches(options->branch_filter, &attr);
	return attr;
}
