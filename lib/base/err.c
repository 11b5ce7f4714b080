/* Errors: making, enriching and printing them; notices for what has a fallback. */
#include <aprof/err.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

static bool quiet;

static char *format(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0)
		s = xstrdup(fmt);
	return s;
}

static struct err *make(enum err_kind kind, int os_errno, char *message)
{
	struct err *err = xzalloc(sizeof *err);

	err->kind = kind;
	err->os_errno = os_errno;
	err->message = message;
	return err;
}

struct err *err_new(const char *fmt, ...)
{
	va_list ap;
	char *message;

	va_start(ap, fmt);
	message = format(fmt, ap);
	va_end(ap);
	return make(ERR_FAILED, 0, message);
}

struct err *err_usage(const char *fmt, ...)
{
	va_list ap;
	char *message;

	va_start(ap, fmt);
	message = format(fmt, ap);
	va_end(ap);
	return make(ERR_USAGE, 0, message);
}

struct err *err_os(int os_errno, const char *fmt, ...)
{
	va_list ap;
	AUTO_FREE char *what = NULL;

	va_start(ap, fmt);
	what = format(fmt, ap);
	va_end(ap);
	return make(ERR_FAILED, os_errno, xasprintf("%s: %s", what, strerror(os_errno)));
}

struct err *err_context(struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *context, *message;

	if (!err)
		return NULL;
	va_start(ap, fmt);
	context = format(fmt, ap);
	va_end(ap);
	message = xasprintf("%s: %s", context, err->message);
	free(context);
	free(err->message);
	err->message = message;
	return err;
}

struct err *err_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return NULL;
	free(err->hint);
	va_start(ap, fmt);
	err->hint = format(fmt, ap);
	va_end(ap);
	return err;
}

void err_free(struct err *err)
{
	if (!err)
		return;
	free(err->message);
	free(err->hint);
	free(err);
}

int err_report(struct err *err)
{
	int status = err->kind == ERR_USAGE ? 2 : 1;

	fprintf(stderr, "aprof: %s\n", err->message);
	if (err->hint)
		fprintf(stderr, "aprof: %s\n", err->hint);
	err_free(err);
	return status;
}

void notice(const char *fmt, ...)
{
	va_list ap;
	char *message;

	if (quiet)
		return;
	va_start(ap, fmt);
	message = format(fmt, ap);
	va_end(ap);
	fprintf(stderr, "aprof: %s\n", message);
	free(message);
}

void notice_quiet(bool be_quiet)
{
	quiet = be_quiet;
}
