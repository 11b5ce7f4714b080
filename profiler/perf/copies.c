/* Smaller copies of the stack, once it is known how deep the stacks of a target are. */
#include <errno.h>

#include "profiler/perf/sampler_private.h"
#include "profiler/perf/sys.h"

static bool may_narrow(const struct sampler *sampler, u32 stack_bytes)
{
	if (sampler->narrow_bytes || sampler->options.stack_bytes || !sampler->enabled ||
	    stack_bytes >= sampler->stack_bytes)
		return false;
	/* Events of tasks were inherited by threads that only the kernel knows. */
	vec_each (&sampler->events, planned)
		if (!planned->cpu_wide)
			return false;
	return true;
}

/* The same events once more, not enabled, in the same rings. */
static struct err *open_narrow(struct sampler *sampler, u32 stack_bytes)
{
	for (u32 i = 0; i < sampler->events.len; i++) {
		const struct planned *planned = &sampler->events.data[i];
		struct perf_event_attr attr = planned->event.attr;
		u32 format;

		if (!attr.sample_stack_user)
			continue;
		attr.sample_stack_user = stack_bytes;
		format = formats_add(&sampler->formats, &attr, i);
		vec_each (&sampler->cpus, cpu)
			if (planned_counts_on(planned, cpu->cpu))
				TRY(sampler_open_into(sampler,
						      &(struct wanted_event){ &attr, i, format },
						      -1, cpu->cpu, cpu->owner));
	}
	return NULL;
}

static void switch_on(const struct sampler *sampler, u32 cpu, u32 stack_bytes, unsigned long how)
{
	vec_each (&sampler->open, open)
		if (open->event != NO_ID && open->cpu == cpu && open->stack_bytes == stack_bytes)
			perf_sys.ioctl(open->fd, how, 0);
}

/* CPU by CPU, so that a moment passes without a sample, and none comes twice. */
static void change(const struct sampler *sampler, u32 from, u32 to)
{
	vec_each (&sampler->cpus, cpu) {
		switch_on(sampler, cpu->cpu, from, PERF_EVENT_IOC_DISABLE);
		switch_on(sampler, cpu->cpu, to, PERF_EVENT_IOC_ENABLE);
	}
}

bool sampler_narrow(struct sampler *sampler, u32 stack_bytes)
{
	struct err *err;

	if (!may_narrow(sampler, stack_bytes))
		return false;
	sampler->narrow_bytes = stack_bytes;
	sampler->enabled = false;
	err = open_narrow(sampler, stack_bytes);
	sampler->enabled = true;
	if (err) {
		err_free(err);
		return false;
	}
	change(sampler, sampler->stack_bytes, stack_bytes);
	return true;
}

void sampler_widen(struct sampler *sampler)
{
	change(sampler, sampler->narrow_bytes, sampler->stack_bytes);
}
