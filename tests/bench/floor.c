/*
 * The kernel's own cost of a recording: opens the events that aprof opens, drains their rings and
 * throws everything away. What a profiler costs its target beyond this is the profiler's.
 *
 *	floor [-F HZ] [-s STACK_BYTES] [-t] [-n] [-p PID] COMMAND [ARG...]
 *
 * -s 0 leaves out registers and stack; -t samples tasks instead of CPUs; -n maps no ring: what is left
 * is the timer. Prints the number of samples, of those lost, and of those of process PID on stderr.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPUS_MAX 1024
#define RING_BYTES ((size_t)8 << 20)
#define USER_REGS 0xff0fffull /* all sixteen, ip and flags, as aprof asks for */

static unsigned long frequency = 999, stack_bytes = 65528;
static bool tasks, no_ring;
static struct pollfd polls[CPUS_MAX];
static struct perf_event_mmap_page *pages[CPUS_MAX];
static long cpus;
static unsigned long samples, lost, samples_of_pid, pid;

static void fail(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct perf_event_attr make_attr(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.size = sizeof attr,
		.sample_freq = frequency,
		.freq = 1,
		.disabled = 1,
		.inherit = tasks,
		.exclude_idle = 1,
		.watermark = 1,
		.wakeup_watermark = RING_BYTES / 4,
		.sample_id_all = 1,
		.use_clockid = 1,
		.clockid = 1, /* CLOCK_MONOTONIC */
		.enable_on_exec = tasks,
		.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
			       PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD,
	};

	if (stack_bytes) {
		attr.sample_type |= PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER |
				    PERF_SAMPLE_STACK_USER;
		attr.exclude_callchain_user = 1;
		attr.sample_regs_user = USER_REGS;
		attr.sample_stack_user = (unsigned)stack_bytes;
	}
	return attr;
}

static void open_cpu(long cpu, pid_t child)
{
	struct perf_event_attr attr = make_attr();
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = (int)syscall(SYS_perf_event_open, &attr, tasks ? child : -1, (int)cpu, -1,
			      PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		fail("perf_event_open");
	polls[cpu] = (struct pollfd){ .fd = fd, .events = POLLIN };
	if (no_ring)
		return;
	pages[cpu] = mmap(NULL, RING_BYTES + page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pages[cpu] == MAP_FAILED)
		fail("mmap");
}

static void drain(long cpu)
{
	struct perf_event_mmap_page *p = pages[cpu];
	const char *data = (const char *)p + sysconf(_SC_PAGESIZE);
	unsigned long tail = p->data_tail, head = __atomic_load_n(&p->data_head, __ATOMIC_ACQUIRE);

	while (tail < head) {
		const struct perf_event_header *h = (const void *)(data + tail % RING_BYTES);

		samples += h->type == PERF_RECORD_SAMPLE;
		/* Behind the header, the event's id and the address. */
		samples_of_pid += h->type == PERF_RECORD_SAMPLE &&
				  *(const unsigned *)(data + (tail + 24) % RING_BYTES) == pid;
		if (h->type == PERF_RECORD_LOST)
			lost += *(const unsigned long *)(data + (tail + 16) % RING_BYTES);
		tail += h->size;
	}
	__atomic_store_n(&p->data_tail, tail, __ATOMIC_RELEASE);
}

/* The child waits for its end of the pipe to close, so that nothing of it is missed. */
static pid_t start(char **command, int *go)
{
	int gate[2];
	char byte;
	pid_t child;

	if (pipe(gate))
		fail("pipe");
	child = fork();
	if (child == 0) {
		close(gate[1]);
		if (read(gate[0], &byte, 1) < 0)
			_exit(127);
		close(gate[0]);
		execvp(command[0], command);
		_exit(127);
	}
	close(gate[0]);
	*go = gate[1];
	return child;
}

static void on_child(int sig)
{
	(void)sig;
}

static int watch(pid_t child)
{
	int status = 0;
	bool ended = false;

	while (!ended) {
		/* Short, as the signal may come just before. An event without a ring always hangs up. */
		poll(polls, no_ring ? 0 : (nfds_t)cpus, 20);
		ended = waitpid(child, &status, WNOHANG) == child;
		if (ended)
			for (long cpu = 0; cpu < cpus; cpu++)
				ioctl(polls[cpu].fd, PERF_EVENT_IOC_DISABLE, 0);
		for (long cpu = 0; cpu < cpus && !no_ring; cpu++)
			drain(cpu);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	int option, go, status;
	pid_t child;

	while ((option = getopt(argc, argv, "+F:s:tnp:")) != -1) {
		switch (option) {
		case 'F': frequency = strtoul(optarg, NULL, 10); break;
		case 's': stack_bytes = strtoul(optarg, NULL, 10); break;
		case 't': tasks = true; break;
		case 'n': no_ring = true; break;
		case 'p': pid = strtoul(optarg, NULL, 10); break;
		default: return 2;
		}
	}
	if (optind == argc)
		return 2;
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	if (cpus > CPUS_MAX)
		return 2;
	signal(SIGCHLD, on_child);
	child = start(argv + optind, &go);
	for (long cpu = 0; cpu < cpus; cpu++)
		open_cpu(cpu, child);
	for (long cpu = 0; cpu < cpus && !tasks; cpu++)
		ioctl(polls[cpu].fd, PERF_EVENT_IOC_ENABLE, 0);
	close(go);
	status = watch(child);
	fprintf(stderr, "floor: %lu samples, %lu lost, %lu of the process\n", samples, lost,
		samples_of_pid);
	return status;
}
