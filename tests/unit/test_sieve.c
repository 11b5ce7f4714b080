/* The sieve's marks, and what becomes of it where the kernel says no. */
#include "profiler/perf/sieve.h"

#include <errno.h>
#include <sched.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "profiler/perf/ring.h"
#include "profiler/perf/sys.h"
#include "tests/unit/check.h"

static int refused_command; /* -1: none */
static int open_fds;
static u64 *shared;

static int fake_bpf(int command, union bpf_attr *attr, size_t size)
{
	CHECK(size >= sizeof *attr);
	if (command == refused_command) {
		errno = EPERM;
		return -1;
	}
	open_fds++;
	return 100 + command;
}

static void *fake_map(int fd, size_t size)
{
	CHECK_EQ(fd, 100 + BPF_MAP_CREATE);
	shared = calloc(1, size);
	return shared;
}

static int fake_unmap(void *at, size_t size)
{
	(void)size;
	free(at);
	return 0;
}

static int fake_close(int fd)
{
	CHECK(fd >= 100);
	open_fds--;
	return 0;
}

static bool fake_read_file(const char *path, char *buf, size_t size)
{
	CHECK(!strcmp(path, "/proc/sys/kernel/pid_max"));
	snprintf(buf, size, "1000\n");
	return true;
}

static void test_marks(void)
{
	struct sieve *sieve = NULL;
	struct err *err = sieve_open(&sieve);

	if (err) { /* a container: it has its own pid namespace */
		CHECK(strstr(err->message, "namespace"));
		err_free(err);
		return;
	}
	sieve_mark(sieve, 64);
	sieve_mark(sieve, 127);
	sieve_mark(sieve, 999);
	CHECK(shared[1] == (1ull | 1ull << 63) && shared[15] == 1ull << 39);
	CHECK(sieve_is_marked(sieve, 127) && !sieve_is_marked(sieve, 126));
	sieve_unmark(sieve, 127);
	CHECK(shared[1] == 1);
	sieve_mark(sieve, 5000000); /* beyond the map: as if it were not marked */
	sieve_mark(sieve, UINT32_MAX);
	CHECK(!sieve_is_marked(sieve, 5000000) && !sieve_is_marked(sieve, UINT32_MAX));
	sieve_close(sieve);
	CHECK_EQ(open_fds, 0);
}

static void test_refusals(void)
{
	static const int commands[] = { BPF_MAP_CREATE, BPF_PROG_LOAD };

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		struct sieve *sieve = NULL;
		struct err *err;

		refused_command = commands[i];
		err = sieve_open(&sieve);
		CHECK(err && !sieve);
		err_free(err);
		CHECK_EQ(open_fds, 0);
	}
	refused_command = -1;
}

/* Samples that bear our id, of 100 ms of work on one CPU. */
static unsigned samples_of_work(struct ring *ring)
{
	struct timespec t, start;
	const struct perf_event_header *header;
	unsigned mine = 0;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	while ((t.tv_sec - start.tv_sec) * 1000000000l + t.tv_nsec - start.tv_nsec < 100000000);
	ring_snapshot(ring);
	while ((header = ring_next(ring))) {
		mine += header->type == PERF_RECORD_SAMPLE && (pid_t)ring_word(ring, 8) == getpid();
		ring_advance(ring, header->size);
	}
	ring_publish(ring);
	return mine;
}

/* On the kernel that runs here: what is marked writes no sample, and nothing else is held up. */
static void test_kernel(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.size = sizeof attr,
		.sample_period = 1000000,
		.sample_type = PERF_SAMPLE_TID,
	};
	int cpu = sched_getcpu(), fd;
	struct sieve *sieve = NULL;
	struct ring ring;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof one, &one);
	fd = perf_sys.open(&attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return;
	err_free(sieve_open(&sieve));
	if (sieve && !sieve_attach(sieve, fd)) {
		CHECK_EQ(ring_map(&ring, fd, 1 << 20), 0);
		CHECK(samples_of_work(&ring) > 10);
		sieve_mark(sieve, (u32)getpid());
		samples_of_work(&ring);
		CHECK_EQ(samples_of_work(&ring), 0);
		sieve_unmark(sieve, (u32)getpid());
		CHECK(samples_of_work(&ring) > 10);
		ring_unmap(&ring);
	}
	sieve_close(sieve);
	close(fd);
}

int main(void)
{
	test_kernel();
	perf_sys.bpf = fake_bpf;
	perf_sys.map = fake_map;
	perf_sys.unmap = fake_unmap;
	perf_sys.close = fake_close;
	perf_sys.read_file = fake_read_file;
	refused_command = -1;
	test_marks();
	test_refusals();
	return check_done();
}
