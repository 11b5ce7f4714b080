/*
 * Stack shapes that C compilers make: recursion, callbacks through libc, signal handlers (also on a
 * stack of their own), alloca, realigned stacks, lazy PLT calls, large frames, threads. Runs for the
 * number of seconds that is its argument.
 */
#include <alloca.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#define KEPT __attribute__((noinline))

static volatile unsigned sink;

static KEPT void spin(unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++)
		sink = sink * 1664525 + 1013904223;
}

static KEPT unsigned recurse(unsigned depth)
{
	char pad[48];

	memset(pad, (int)depth, sizeof pad);
	if (depth)
		return recurse(depth - 1) + (unsigned)pad[depth % sizeof pad];
	spin(3000);
	return sink;
}

static int compare(const void *a, const void *b)
{
	spin(200);
	return *(const int *)a - *(const int *)b;
}

static KEPT void sort(void)
{
	int numbers[256];

	for (size_t i = 0; i < 256; i++)
		numbers[i] = rand();
	qsort(numbers, 256, sizeof *numbers, compare);
	sink += (unsigned)numbers[0];
}

static KEPT void with_alloca(unsigned n)
{
	char *block = alloca(n);

	memset(block, 1, n);
	spin(2000);
	sink += (unsigned)block[n / 2];
}

/* Large alignment, and a frame of unknown size: gcc realigns through r10. */
static KEPT void realigned(unsigned n)
{
	volatile __attribute__((aligned(64))) float block[16];
	char *more = alloca(n);

	for (int i = 0; i < 16; i++)
		block[i] = (float)i;
	memset(more, 2, n);
	spin(2000);
	sink += (unsigned)block[n % 16] + (unsigned)more[n / 2];
}

static KEPT void large(unsigned depth)
{
	char block[5000];

	memset(block, (int)depth, sizeof block);
	if (depth)
		large(depth - 1);
	spin(500);
	sink += (unsigned)block[depth];
}

/* Short calls into other libraries: samples fall into PLT entries and epilogues, too. */
static KEPT void library_calls(void)
{
	char text[64];

	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof text, "%d %s %g", i, "text", (double)i);
		sink += (unsigned)strtol(text, NULL, 10) + (unsigned)strlen(text);
		free(malloc((size_t)i + 1));
	}
}

static KEPT void handler_work(void)
{
	spin(3000);
}

static void on_signal(int number)
{
	(void)number;
	handler_work();
}

static KEPT void everything(void)
{
	recurse(sink % 60);
	sort();
	with_alloca(100 + sink % 1000);
	realigned(100 + sink % 1000);
	large(sink % 10);
	library_calls();
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double end;

static void *thread(void *arg)
{
	while (now() < end)
		everything();
	return arg;
}

int main(int argc, char **argv)
{
	static char stack[65536];
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof stack };
	const struct itimerval timer = { { 0, 700 }, { 0, 700 } };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	pthread_t id;

	end = now() + (argc > 1 ? atof(argv[1]) : 1);
	if (argc > 2) {
		sigaltstack(&other, NULL);
		action.sa_flags |= SA_ONSTACK;
	}
	sigaction(SIGPROF, &action, NULL);
	setitimer(ITIMER_PROF, &timer, NULL);
	pthread_create(&id, NULL, thread, NULL);
	thread(NULL);
	pthread_join(id, NULL);
	return 0;
}
