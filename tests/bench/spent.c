/*
 * Runs a command and writes what it and its children cost, so that a profiler around it can be told
 * apart from its target: `spent FILE COMMAND [ARG...]` writes one line, the CPU in microseconds, the
 * wall time in microseconds and the largest resident set in KiB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static long long cpu_us(const struct rusage *r)
{
	return (r->ru_utime.tv_sec + r->ru_stime.tv_sec) * 1000000ll + r->ru_utime.tv_usec +
	       r->ru_stime.tv_usec;
}

int main(int argc, char **argv)
{
	long long start = now_us();
	struct rusage usage;
	int status;
	pid_t child;
	FILE *out;

	if (argc < 3)
		return 2;
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0)
		return 1;
	out = fopen(argv[1], "w");
	if (!out)
		return 1;
	fprintf(out, "%lld %lld %ld\n", cpu_us(&usage), now_us() - start, usage.ru_maxrss);
	fclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
