/*
 * Checks for unit tests. A failed check prints where and what, and the test goes on; the end of
 * main() is `return check_done();`.
 */
#ifndef APROF_UNIT_CHECK_H
#define APROF_UNIT_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_count_;
static int check_failed_;

__attribute__((format(printf, 4, 5), unused)) static bool
check_that_(bool ok, const char *file, int line, const char *fmt, ...)
{
	check_count_++;
	if (!ok) {
		__builtin_va_list ap;

		check_failed_++;
		fprintf(stderr, "%s:%d: ", file, line);
		__builtin_va_start(ap, fmt);
		vfprintf(stderr, fmt, ap);
		__builtin_va_end(ap);
		fputc('\n', stderr);
	}
	return ok;
}

__attribute__((unused)) static bool check_str_(const char *a, const char *b, const char *what,
					       const char *file, int line)
{
	bool ok = a && b ? !strcmp(a, b) : a == b;

	return check_that_(ok, file, line, "%s: got \"%s\", want \"%s\"", what, a ? a : "(null)",
			   b ? b : "(null)");
}

__attribute__((unused)) static bool check_mem_(const void *a, const void *b, size_t n,
					       const char *what, const char *file, int line)
{
	const unsigned char *x = a, *y = b;
	size_t i = 0;

	while (i < n && x[i] == y[i])
		i++;
	return check_that_(i == n, file, line, "%s: differs at byte %zu: got 0x%02x, want 0x%02x",
			   what, i, i < n ? x[i] : 0, i < n ? y[i] : 0);
}

/* Each is true if the check held, so that `if (!CHECK(p)) return;` protects what follows. */
#define CHECK(cond) check_that_(!!(cond), __FILE__, __LINE__, "%s is false", #cond)

/* Integers of any type, compared by value: CHECK_EQ(got, want). */
#define CHECK_EQ(got, want)                                                         \
	({                                                                          \
		__typeof__((got) + 0) got_ = (got);                                 \
		__typeof__((want) + 0) want_ = (want);                              \
		check_that_((intmax_t)got_ == (intmax_t)want_, __FILE__, __LINE__,  \
			    "%s: got %" PRIdMAX " (0x%" PRIxMAX "), want %" PRIdMAX \
			    " (0x%" PRIxMAX ")",                                    \
			    #got, (intmax_t)got_, (uintmax_t)got_, (intmax_t)want_, \
			    (uintmax_t)want_);                                      \
	})
#define CHECK_STR(got, want) check_str_(got, want, #got, __FILE__, __LINE__)
#define CHECK_MEM(got, want, n) check_mem_(got, want, n, #got, __FILE__, __LINE__)

/* 77 tells the runner that the test cannot run here, with the reason as last line of output. */
#define CHECK_SKIP(reason)              \
	do {                            \
		printf("%s\n", reason); \
		exit(77);               \
	} while (0)

static inline int check_done(void)
{
	if (check_failed_)
		fprintf(stderr, "%d of %d checks failed\n", check_failed_, check_count_);
	else if (!check_count_)
		fprintf(stderr, "no check was made\n");
	return check_failed_ || !check_count_;
}

#endif
