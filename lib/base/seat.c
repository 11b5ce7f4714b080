/* CPUs on which threads of ours work; it is a hint, so that nothing is locked. */
#include "lib/base/seat.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include <aprof/types.h>

static _Atomic u8 working[CPU_SETSIZE]; /* so many threads on each CPU */
static __thread int seat = -1; /* the one that this thread counts at */

static int free_cpu(const cpu_set_t *allowed)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, allowed) && !atomic_load(&working[cpu]))
			return cpu;
	return -1;
}

/* To a CPU where nobody works: its number, or `cpu` if there is none. */
static int move_from(int cpu)
{
	cpu_set_t allowed, there;
	int other;

	if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
		return cpu;
	other = free_cpu(&allowed);
	if (other < 0)
		return cpu;
	CPU_ZERO(&there);
	CPU_SET(other, &there);
	if (sched_setaffinity(0, sizeof there, &there) < 0)
		return cpu;
	if (sched_setaffinity(0, sizeof allowed, &allowed) < 0) {
		/* What is allowed changed just now: the kernel knows. */
		memset(&allowed, 0xff, sizeof allowed);
		sched_setaffinity(0, sizeof allowed, &allowed);
	}
	return other;
}

void seat_take(void)
{
	int cpu;

	seat_leave();
	cpu = sched_getcpu();
	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return;
	if (atomic_load(&working[cpu]))
		cpu = move_from(cpu);
	atomic_fetch_add(&working[cpu], 1);
	seat = cpu;
}

void seat_leave(void)
{
	if (seat >= 0)
		atomic_fetch_sub(&working[seat], 1);
	seat = -1;
}
