/* What is symbolised by tests/cli/symbolize.sh: inlining, static and nested functions, hot and cold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shelf {
	int count;
	int items[64];
};

static inline int weigh(const struct shelf *s, int i)
{
	return s->items[i] * 3 + (s->items[i] >> 2);
}

static inline int total(const struct shelf *s)
{
	int sum = 0;

	for (int i = 0; i < s->count; i++)
		sum += weigh(s, i);
	return sum;
}

__attribute__((noinline)) static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

__attribute__((noinline)) static int sorted(struct shelf *s)
{
	qsort(s->items, (size_t)s->count, sizeof s->items[0], compare);
	return total(s) + weigh(s, 0);
}

__attribute__((cold, noinline)) static void complain(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static inline void need(int condition, const char *what)
{
	if (__builtin_expect(!condition, 0))
		complain(what);
}

#ifndef __clang__
__attribute__((noinline)) static int apply(int (*f)(int), int n)
{
	int sum = 0;

	for (int i = 0; i < n; i++)
		sum += f(i);
	return sum;
}

__attribute__((noinline)) static int nest(int k)
{
	int calls = 0;

	__attribute__((noinline)) int inner(int x)
	{
		calls += x;
		return x * k + calls;
	}
	return apply(inner, k) + calls;
}
#else
static int nest(int k)
{
	return k;
}
#endif

/* Discarded by -Wl,--gc-sections: its DWARF stays, with addresses of nothing. */
int nobody_calls(int x);
int nobody_calls(int x)
{
	struct shelf s = { .count = x & 63 };

	return sorted(&s);
}

int main(int argc, char **argv)
{
	struct shelf s = { .count = 40 };

	need(argc < 10, "too many arguments");
	for (int i = 0; i < s.count; i++)
		s.items[i] = (i * 7919 + argc) % 101;
	need(strlen(argv[0]) > 0, "no name");
	printf("%d %d\n", sorted(&s), nest(argc + 5));
	return 0;
}
