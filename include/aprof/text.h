/*
 * Text that grows, and the parsing of what users type.
 */
#ifndef APROF_TEXT_H
#define APROF_TEXT_H

#include <stdarg.h>
#include <string.h>

#include <aprof/err.h>
#include <aprof/types.h>

/* A growing string. {0} is empty; `at` is NULL until something was added. Always NUL-terminated. */
struct text {
	char *at;
	size_t len;
	size_t room;
};

void text_release(struct text *t);
void text_clear(struct text *t);
void text_add(struct text *t, const char *s);
void text_add_n(struct text *t, const char *s, size_t n);
void text_char(struct text *t, char c);
void text_printf(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *t, const char *fmt, va_list ap);
/* Never NULL. */
static inline const char *text_str(const struct text *t)
{
	return t->at ? t->at : "";
}
/* The string, owned by the caller; `t` is empty afterwards. Never NULL. */
char *text_take(struct text *t);

static inline bool starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static inline bool ends_with(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);
	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

/* A whole unsigned decimal number within [min, max]; an ERR_USAGE that names `what` otherwise. */
ERR_MUST_CHECK struct err *parse_u64(const char *s, const char *what, u64 min, u64 max, u64 *out);
/* "10s", "250ms", "1.5" (seconds) to nanoseconds. */
ERR_MUST_CHECK struct err *parse_duration(const char *s, const char *what, u64 *out_ns);
/* "64K", "8M", "4096" to bytes. */
ERR_MUST_CHECK struct err *parse_size(const char *s, const char *what, u64 *out_bytes);

/* "12.3 KB", "4.0 MB": for people; powers of 1000. buf holds at least 16 bytes. Returns buf. */
char *format_size(u64 bytes, char buf[16]);

#endif
