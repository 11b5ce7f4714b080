/* The real kernel behind struct perf_sys. */
#include "profiler/perf/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int kernel_open(struct perf_event_attr *attr, int pid, int cpu, int group_fd,
		       unsigned long flags)
{
	return (int)syscall(SYS_perf_event_open, attr, pid, cpu, group_fd, flags);
}

static int kernel_ioctl(int fd, unsigned long request, unsigned long argument)
{
	return ioctl(fd, request, argument);
}

static void *kernel_map(int fd, size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static long kernel_read(int fd, void *buf, size_t size)
{
	return read(fd, buf, size);
}

static int kernel_bpf(int command, union bpf_attr *attr, size_t size)
{
	return (int)syscall(SYS_bpf, command, attr, size);
}

static bool kernel_read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	size_t have = 0;

	if (fd < 0)
		return false;
	while (have < size - 1 && (n = read(fd, buf + have, size - 1 - have)) > 0)
		have += (size_t)n;
	close(fd);
	buf[have] = 0;
	return true;
}

struct perf_sys perf_sys = {
	.open = kernel_open,
	.ioctl = kernel_ioctl,
	.map = kernel_map,
	.unmap = munmap,
	.close = close,
	.read = kernel_read,
	.bpf = kernel_bpf,
	.read_file = kernel_read_file,
};

long perf_sysctl(const char *name, long fallback)
{
	char path[128], text[32], *end;
	long value;

	snprintf(path, sizeof path, "/proc/sys/kernel/%s", name);
	if (!perf_sys.read_file(path, text, sizeof text))
		return fallback;
	value = strtol(text, &end, 10);
	return end == text ? fallback : value;
}
