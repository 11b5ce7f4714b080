/*
 * Errors that carry a sentence and a way out.
 *
 * A function that can fail returns `struct err *`: NULL is success, anything else is owned by the
 * caller, who adds context, prints it or frees it. A message is one sentence without a full stop;
 * a hint says what the user can do.
 */
#ifndef APROF_ERR_H
#define APROF_ERR_H

#include <aprof/types.h>

enum err_kind {
	ERR_FAILED = 1, /* the work could not be done: exit status 1 */
	ERR_USAGE = 2, /* the command line is wrong: exit status 2 */
};

struct err {
	enum err_kind kind;
	int os_errno; /* the errno behind it, 0 if none */
	char *message;
	char *hint; /* may be NULL */
};

#define ERR_MUST_CHECK __attribute__((warn_unused_result))
#define ERR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

ERR_MUST_CHECK struct err *err_new(const char *fmt, ...) ERR_PRINTF(1, 2);
ERR_MUST_CHECK struct err *err_usage(const char *fmt, ...) ERR_PRINTF(1, 2);

/* "MESSAGE: strerror(os_errno)"; os_errno is kept for callers that fall back on it. */
ERR_MUST_CHECK struct err *err_os(int os_errno, const char *fmt, ...) ERR_PRINTF(2, 3);

/* "CONTEXT: old message". Returns `err`; NULL stays NULL. */
ERR_MUST_CHECK struct err *err_context(struct err *err, const char *fmt, ...) ERR_PRINTF(2, 3);

/* Sets the way out, replacing an older one. Returns `err`; NULL stays NULL. */
ERR_MUST_CHECK struct err *err_hint(struct err *err, const char *fmt, ...) ERR_PRINTF(2, 3);

void err_free(struct err *err);

/* Prints "aprof: message" and the hint to stderr, frees it, and returns the exit status. */
int err_report(struct err *err);

static inline void err_freep(struct err **err)
{
	err_free(*err);
}

/* Prints "aprof: TEXT" to stderr at once, for what has a fallback. Silent under notice_quiet(). */
void notice(const char *fmt, ...) ERR_PRINTF(1, 2);
void notice_quiet(bool quiet);

#define TRY(expr)                                   \
	do {                                        \
		struct err *try_err_ = (expr);      \
		if (try_err_)                       \
			return try_err_;            \
	} while (0)

#endif
