/* What a clock event that belongs to a task costs at each context switch: measured, not guessed. */
#include "profiler/perf/switch_cost.h"

#include <time.h>

#include "profiler/perf/sampler_private.h"
#include "profiler/perf/sys.h"

#define ROUNDS 100

static u64 cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (u64)t.tv_sec * NSEC_PER_SEC + (u64)t.tv_nsec;
}

static u64 measure(int fd)
{
	u64 start = cpu_ns();

	for (int i = 0; i < ROUNDS; i++) {
		perf_sys.ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
		perf_sys.ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	}
	return (cpu_ns() - start) / ROUNDS;
}

u64 sampler_switch_ns(const struct sampler *sampler)
{
	vec_each (&sampler->events, planned) {
		struct perf_event_attr attr = planned->event.attr;
		u64 ns;
		int fd;

		if (planned->cpu_wide || !planned->event.is_clock)
			continue;
		attr.disabled = 1;
		attr.enable_on_exec = attr.inherit = 0;
		fd = perf_sys.open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		if (fd < 0)
			return 0;
		ns = measure(fd);
		perf_sys.close(fd);
		return ns;
	}
	return 0;
}
