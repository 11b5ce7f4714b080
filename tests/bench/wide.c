/*
 * Programs that are hard to profile: `wide KIND N`, where KIND is recurse (N frames deep), threads (N at
 * once), forks (N one after the other), dlopen (N copies of a module, loaded and unloaded), jit (code
 * in anonymous memory) or replaced (the running binary is deleted, another file takes its name). The
 * last line says what CPU it spent, children included, in nanoseconds.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALL 400000000ul /* rounds of burn() in one run, about a second */

static const char *self;

static __attribute__((noinline)) unsigned long burn(unsigned long rounds)
{
	volatile unsigned long x = 1;

	for (unsigned long i = 0; i < rounds; i++)
		x = x * 6364136223846793005ul + 1;
	return x;
}

static __attribute__((noinline)) unsigned long recurse(int depth)
{
	unsigned long below = depth ? recurse(depth - 1) : burn(ALL);

	/* Or a compiler makes a loop of it. */
	__asm__ volatile("" : "+r"(below));
	return below + 1;
}

static void *in_thread(void *rounds)
{
	return (void *)burn((unsigned long)rounds);
}

static void threads(int n)
{
	pthread_t *all = calloc((size_t)n, sizeof *all);
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	for (int i = 0; i < n; i++)
		if (pthread_create(&all[i], &attr, in_thread, (void *)(ALL / (unsigned long)n)))
			exit(3);
	for (int i = 0; i < n; i++)
		pthread_join(all[i], NULL);
	free(all);
}

static void forks(int n)
{
	for (int i = 0; i < n; i++) {
		pid_t child = fork();

		if (child == 0) {
			burn(ALL / (unsigned long)n);
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
}

static void copy_file(const char *from, const char *to)
{
	static char buffer[1 << 16];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	ssize_t n;

	while ((n = read(in, buffer, sizeof buffer)) > 0)
		if (write(out, buffer, (size_t)n) != n)
			exit(3);
	close(in);
	close(out);
}

/* Each copy is a file of its own, gone again when it is unloaded. */
static void dlopens(int n)
{
	char module[4096], copy[4200];

	snprintf(module, sizeof module, "%s_module.so", self);
	for (int i = 0; i < n; i++) {
		unsigned long (*function)(unsigned long);
		void *handle;

		snprintf(copy, sizeof copy, "%s.%d.so", self, i);
		copy_file(module, copy);
		handle = dlopen(copy, RTLD_NOW);
		if (!handle)
			exit(3);
		*(void **)&function = dlsym(handle, "module_burn");
		function(ALL / (unsigned long)n);
		dlclose(handle);
		unlink(copy);
	}
}

/* mov rax, rdi; 1: dec rax; jnz 1b; ret */
static void jit(void)
{
	static const unsigned char code[] = { 0x48, 0x89, 0xf8, 0x48, 0xff, 0xc8, 0x75, 0xfb, 0xc3 };
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void (*function)(unsigned long);

	memcpy(page, code, sizeof code);
	memcpy(&function, &page, sizeof function);
	for (int i = 0; i < 1000; i++)
		function(4 * ALL / 1000);
}

/* Runs a copy of itself, which deletes its file. */
static void replaced(int stage)
{
	char copy[4200];
	FILE *other;

	if (stage == 1) {
		unlink(self);
		other = fopen(self, "w");
		fputs("another file\n", other);
		fclose(other);
		burn(ALL);
		unlink(self);
		return;
	}
	snprintf(copy, sizeof copy, "%s.copy", self);
	copy_file(self, copy);
	execl(copy, copy, "replaced", "1", (char *)NULL);
	exit(3);
}

static long long cpu_ns(int who)
{
	struct rusage r;

	getrusage(who, &r);
	return ((r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000000ll + r.ru_utime.tv_usec +
		r.ru_stime.tv_usec) *
	       1000;
}

int main(int argc, char **argv)
{
	int n = argc > 2 ? atoi(argv[2]) : 1;

	self = argv[0];
	if (argc < 2)
		return 2;
	if (strcmp(argv[1], "recurse") == 0)
		printf("%lu\n", recurse(n));
	else if (strcmp(argv[1], "threads") == 0)
		threads(n);
	else if (strcmp(argv[1], "forks") == 0)
		forks(n);
	else if (strcmp(argv[1], "dlopen") == 0)
		dlopens(n);
	else if (strcmp(argv[1], "jit") == 0)
		jit();
	else if (strcmp(argv[1], "replaced") == 0)
		replaced(n == 1 && argc > 2 ? 1 : 0);
	else
		return 2;
	printf("cpu_ns %lld\n", cpu_ns(RUSAGE_SELF) + cpu_ns(RUSAGE_CHILDREN));
	return 0;
}
