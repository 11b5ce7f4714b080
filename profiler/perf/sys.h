/*
 * The kernel's answers, behind function pointers: tests replace them to stand for other machines.
 *
 * Everything that the room asks of the kernel about events goes through here. The functions behave
 * as the system calls do: -1 and errno.
 */
#ifndef APROF_PERF_SYS_H
#define APROF_PERF_SYS_H

#include <linux/bpf.h>
#include <linux/perf_event.h>

#include <aprof/types.h>

struct perf_sys {
	int (*open)(struct perf_event_attr *attr, int pid, int cpu, int group_fd,
		    unsigned long flags);
	int (*ioctl)(int fd, unsigned long request, unsigned long argument);
	void *(*map)(int fd, size_t size); /* MAP_FAILED on failure */
	int (*unmap)(void *at, size_t size);
	int (*close)(int fd);
	long (*read)(int fd, void *buf, size_t size);
	int (*bpf)(int command, union bpf_attr *attr, size_t size); /* NULL: there is none */
	/* The text of a file of /proc or /sys, up to size - 1 bytes and a NUL; false: not there. */
	bool (*read_file)(const char *path, char *buf, size_t size);
};

extern struct perf_sys perf_sys;

/* A number from /proc/sys/kernel/NAME, or `fallback`. */
long perf_sysctl(const char *name, long fallback);

#endif
