/*
 * A C program whose stacks are hard to unwind: deep recursion, function pointers, calls through the
 * PLT, a signal handler that burns, frames of unknown size (alloca, over-aligned locals), a library
 * opened at run time, no frame pointers.
 *
 * Prints "truth ROOT;...;LEAF NANOSECONDS" from the thread CPU clock, as the Rust workloads do; the
 * first link is the thread's name, "*" stands for any frames of the C library, "f*1000" for f a
 * thousand times. `unwind [--seconds CPU_SECONDS]`, libnested.so beside the binary.
 */
#define _GNU_SOURCE
#include <alloca.h>
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define SLICE 400000 /* nanoseconds */
#define DEPTH 1000

/* Keeps a call a call: what follows it has to be done by the caller. */
#define AFTER_CALL() __asm__ volatile("" ::: "memory")

struct chain {
	const char *name;
	_Atomic uint64_t spent;
};

enum {
	POINTER,
	SORTED,
	HANDLER,
	ALLOCA,
	ALIGNED,
	DEEP,
	LOADED,
	THREAD,
	CHAINS
};

#define M "unwind;main;cycle;"
static struct chain chains[CHAINS] = {
	[POINTER] = { .name = M "by_pointer;pointed_at;burn" },
	[SORTED] = { .name = M "sorted;*;compare;burn" },
	[HANDLER] = { .name = M "interrupted;*;on_signal;burn" },
	[ALLOCA] = { .name = M "with_alloca;burn" },
	[ALIGNED] = { .name = M "with_alignment;burn" },
	[DEEP] = { .name = M "descend*1000;burn" },
	[LOADED] = { .name = M "loaded;nested_call;call_back;burn" },
	[THREAD] = { .name = "second;in_thread;burn" },
};

static uint64_t budget;
static volatile sig_atomic_t handled;
static uint64_t (*nested_call)(uint64_t (*)(uint64_t), uint64_t);

static uint64_t thread_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

__attribute__((noinline)) static uint64_t burn(int chain, uint64_t x)
{
	uint64_t start = thread_cpu_ns();

	x |= 1;
	while (thread_cpu_ns() - start < SLICE)
		for (int i = 0; i < 10000; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
		}
	chains[chain].spent += thread_cpu_ns() - start;
	return x;
}

__attribute__((noinline)) static uint64_t pointed_at(uint64_t x)
{
	return burn(POINTER, x) + 1;
}

__attribute__((noinline)) static uint64_t by_pointer(uint64_t x)
{
	uint64_t (*volatile f)(uint64_t) = pointed_at;

	return f(x) + 1;
}

/* Called by the C library, which was itself called through the PLT. */
static int compare(const void *a, const void *b)
{
	int before = *(const int *)a < *(const int *)b;

	return before ^ (burn(SORTED, 1) == 0);
}

__attribute__((noinline)) static void sorted(void)
{
	int two[] = { 1, 2 };

	qsort(two, 2, sizeof(two[0]), compare);
	AFTER_CALL();
}

static void on_signal(int number)
{
	(void)number;
	handled |= burn(HANDLER, 1) != 0;
}

/* The handler's frames stand on the kernel's signal frame, and that on raise(). */
__attribute__((noinline)) static void interrupted(void)
{
	raise(SIGUSR1);
	AFTER_CALL();
}

__attribute__((noinline)) static uint64_t with_alloca(size_t size)
{
	volatile char *room = alloca(size);

	room[size - 1] = 1;
	return burn(ALLOCA, (uint64_t)room[size - 1]) + 1;
}

/* The stack is realigned, so the CFA is found through a saved pointer (DRAP) by an expression. */
__attribute__((noinline)) static uint64_t with_alignment(size_t size)
{
	volatile char line[128] __attribute__((aligned(128)));
	volatile char *room = alloca(size);

	line[0] = room[0] = 1;
	return burn(ALIGNED, (uint64_t)line[0] + (uint64_t)room[0]) + 1;
}

__attribute__((noinline)) static uint64_t descend(int depth)
{
	uint64_t x = depth > 1 ? descend(depth - 1) : burn(DEEP, 1);

	AFTER_CALL();
	return x + 1;
}

static uint64_t call_back(uint64_t x)
{
	return burn(LOADED, x) + 1;
}

__attribute__((noinline)) static uint64_t loaded(uint64_t x)
{
	return nested_call(call_back, x) + 1;
}

static uint64_t total(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < CHAINS; i++)
		sum += chains[i].spent;
	return sum;
}

static void *in_thread(void *arg)
{
	uint64_t x = 1;

	prctl(PR_SET_NAME, "second");
	while (total() < budget)
		x = burn(THREAD, x);
	return arg;
}

__attribute__((noinline)) static void cycle(void)
{
	by_pointer(1);
	sorted();
	interrupted();
	with_alloca(100);
	with_alignment(100);
	descend(DEPTH);
	loaded(1);
	AFTER_CALL();
}

static void open_library(void)
{
	char self[PATH_MAX], path[PATH_MAX + sizeof("/libnested.so")];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	void *library;

	self[n > 0 ? n : 0] = '\0';
	snprintf(path, sizeof(path), "%s/libnested.so", dirname(self));
	library = dlopen(path, RTLD_NOW);
	if (!library) {
		fprintf(stderr, "unwind: %s\n", dlerror());
		exit(1);
	}
	*(void **)&nested_call = dlsym(library, "nested_call");
}

int main(int argc, char **argv)
{
	double seconds = argc == 3 && !strcmp(argv[1], "--seconds") ? atof(argv[2]) : 2;
	pthread_t thread;

	prctl(PR_SET_NAME, "unwind");
	budget = (uint64_t)(seconds * 1e9);
	signal(SIGUSR1, on_signal);
	open_library();
	pthread_create(&thread, NULL, in_thread, NULL);
	while (total() < budget)
		cycle();
	pthread_join(thread, NULL);
	for (int i = 0; i < CHAINS; i++)
		printf("truth %s %llu\n", chains[i].name, (unsigned long long)chains[i].spent);
	return 0;
}
