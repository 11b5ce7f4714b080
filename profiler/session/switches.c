/* How often the target switches, and the CPU that it uses: what a task's clock event costs it. */
#include "profiler/session/switches.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <aprof/cleanup.h>
#include <aprof/text.h>

#include "profiler/process/processes.h"
#include "profiler/session/session.h"

static void thread_ids_release(struct thread_ids *ids)
{
	vec_release(ids);
}

/* Both kinds: "voluntary_ctxt_switches:\t12" and "nonvoluntary_…". */
static u64 read_switches(u32 tid)
{
	unsigned long long n;
	char path[48], line[128];
	u64 sum = 0;

	snprintf(path, sizeof path, "/proc/%u/status", tid);
	AUTO_FCLOSE FILE *f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f)) {
		const char *at = strstr(line, "voluntary_ctxt_switches:");

		if (at && sscanf(at, "voluntary_ctxt_switches: %llu", &n) == 1)
			sum += n;
	}
	return sum;
}

/* The first number of schedstat: ns on a CPU. */
static u64 read_cpu_ns(u32 tid)
{
	unsigned long long ns = 0;
	char path[48];

	snprintf(path, sizeof path, "/proc/%u/schedstat", tid);
	AUTO_FCLOSE FILE *f = fopen(path, "re");
	if (!f || fscanf(f, "%llu", &ns) != 1)
		return 0;
	return ns;
}

static void add_thread(u32 tid, u64 *count, u64 *cpu_ns)
{
	*count += read_switches(tid);
	*cpu_ns += read_cpu_ns(tid);
}

static u64 monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * NSEC_PER_SEC + (u64)t.tv_nsec;
}

/* A sum that fell lost a thread: what the others did meanwhile is not known. */
static void add_growth(struct switches *s, u64 count, u64 cpu_ns, u64 now, u64 samples)
{
	if (count < s->last_count || cpu_ns <= s->last_cpu_ns)
		return;
	s->count += count - s->last_count;
	s->cpu_ns += cpu_ns - s->last_cpu_ns;
	s->wall_ns += now - s->last_look;
	s->samples = samples;
}

void switches_look(struct switches *s, const struct session_options *options, u64 now, u64 samples)
{
	CLEANUP(thread_ids_release) struct thread_ids threads = { 0 };
	u64 count = 0, cpu_ns = 0;

	if (now < s->next_look)
		return;
	vec_each(&options->pids, pid) {
		process_thread_ids(*pid, &threads);
		vec_each(&threads, tid)
			add_thread(*tid, &count, &cpu_ns);
	}
	vec_each(&options->tids, tid)
		add_thread(*tid, &count, &cpu_ns);
	if (s->looked)
		add_growth(s, count, cpu_ns, now, samples);
	s->last_count = count;
	s->last_cpu_ns = cpu_ns;
	s->looked = true;
	s->last_look = now;
	s->next_look = now + u64_max(NSEC_PER_SEC, 100 * (monotonic_ns() - now));
}

void switches_of_children(struct switches *s, u64 wall_ns, u64 samples)
{
	struct rusage usage;

	if (getrusage(RUSAGE_CHILDREN, &usage) < 0)
		return;
	s->wall_ns = wall_ns;
	s->samples = samples;
	s->count = (u64)usage.ru_nvcsw + (u64)usage.ru_nivcsw;
	s->cpu_ns = (u64)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NSEC_PER_SEC +
		    (u64)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}
