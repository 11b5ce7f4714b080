/* Allocation that ends the program, with a sentence, when there is no memory. */
#include <aprof/alloc.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *checked(void *p, size_t size)
{
	static const char message[] = "aprof: out of memory\n";

	if (p || !size)
		return p;
	/* No stdio: it may want memory too. */
	if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
		_exit(1);
	_exit(1);
}

/* malloc(0) may return NULL, which callers would have to tell from failure: never ask for 0. */
static size_t at_least_one(size_t size)
{
	return size ? size : 1;
}

void *xmalloc(size_t size)
{
	return checked(malloc(at_least_one(size)), at_least_one(size));
}

void *xzalloc(size_t size)
{
	return checked(calloc(1, at_least_one(size)), 1);
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(at_least_one(count), at_least_one(size)), 1);
}

void *xrealloc(void *p, size_t size)
{
	return checked(realloc(p, at_least_one(size)), 1);
}

void *xreallocarray(void *p, size_t count, size_t size)
{
	return checked(reallocarray(p, at_least_one(count), at_least_one(size)), 1);
}

char *xstrdup(const char *s)
{
	return checked(strdup(s), 1);
}

char *xstrndup(const char *s, size_t n)
{
	return checked(strndup(s, n), 1);
}

void *xmemdup(const void *p, size_t n)
{
	void *copy = xmalloc(n);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return checked(s, 1);
}
