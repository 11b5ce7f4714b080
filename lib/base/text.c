/* Growing text, and the parsing of numbers, durations and sizes that users type. */
#include <aprof/text.h>

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <aprof/alloc.h>

static char *text_extend(struct text *t, size_t n)
{
	if (t->len + n + 1 > t->room) {
		size_t room = t->room ? t->room * 2 : 64;

		if (room < t->len + n + 1)
			room = t->len + n + 1;
		t->at = xrealloc(t->at, room);
		t->room = room;
	}
	t->len += n;
	t->at[t->len] = '\0';
	return t->at + t->len - n;
}

void text_release(struct text *t)
{
	free(t->at);
	*t = (struct text){ 0 };
}

void text_clear(struct text *t)
{
	t->len = 0;
	if (t->at)
		t->at[0] = '\0';
}

void text_add_n(struct text *t, const char *s, size_t n)
{
	char *to = text_extend(t, n);

	if (n)
		memcpy(to, s, n);
}

void text_add(struct text *t, const char *s)
{
	text_add_n(t, s, strlen(s));
}

void text_char(struct text *t, char c)
{
	*text_extend(t, 1) = c;
}

void text_vprintf(struct text *t, const char *fmt, va_list ap)
{
	va_list again;
	size_t start = t->len;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return;
	text_extend(t, (size_t)n);
	vsnprintf(t->at + start, (size_t)n + 1, fmt, ap);
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(t, fmt, ap);
	va_end(ap);
}

char *text_take(struct text *t)
{
	char *s = t->at ? t->at : xstrdup("");

	*t = (struct text){ 0 };
	return s;
}

struct err *parse_u64(const char *s, const char *what, u64 min, u64 max, u64 *out)
{
	char *end = NULL;
	unsigned long long value = 0;

	errno = 0;
	if (isdigit((unsigned char)*s))
		value = strtoull(s, &end, 10);
	if (!end || *end || errno)
		return err_usage("%s takes a whole number, not '%s'", what, s);
	if (value < min || value > max)
		return max == UINT64_MAX ?
			       err_usage("%s must be at least %llu, not %s", what,
					 (unsigned long long)min, s) :
			       err_usage("%s must be from %llu to %llu, not %s", what,
					 (unsigned long long)min, (unsigned long long)max, s);
	*out = value;
	return NULL;
}

struct unit {
	const char *name;
	double factor;
};

static const struct unit time_units[] = {
	{ "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 },
	{ "ns", 1 }, { "m", 60e9 }, { "h", 3600e9 },
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "K", 1 << 10 },
	{ "KB", 1 << 10 },
	{ "KiB", 1 << 10 },
	{ "M", 1 << 20 },
	{ "MB", 1 << 20 },
	{ "MiB", 1 << 20 },
	{ "G", 1 << 30 },
	{ "GB", 1 << 30 },
	{ "GiB", 1 << 30 },
};

/* A number with one of the units; false if it is none. Decimal digits and a point only. */
static bool parse_with_unit(const char *s, const struct unit *units, size_t n, u64 *out)
{
	size_t digits = strspn(s, "0123456789.");
	double value;
	char *end;

	if (!digits || !isdigit((unsigned char)s[0]))
		return false;
	value = strtod(s, &end);
	if (end != s + digits)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(end, units[i].name) != 0)
			continue;
		value *= units[i].factor;
		if (value >= 18e18)
			return false;
		*out = (u64)llround(value);
		return true;
	}
	return false;
}

struct err *parse_duration(const char *s, const char *what, u64 *out_ns)
{
	if (!parse_with_unit(s, time_units, ARRAY_LEN(time_units), out_ns))
		return err_usage("%s takes a time such as 10s or 250ms, not '%s'", what, s);
	return NULL;
}

struct err *parse_size(const char *s, const char *what, u64 *out_bytes)
{
	if (!parse_with_unit(s, size_units, ARRAY_LEN(size_units), out_bytes))
		return err_usage("%s takes a size such as 4096, 64K or 8M, not '%s'", what, s);
	return NULL;
}

char *format_size(u64 bytes, char buf[16])
{
	static const char *const units[] = { "KB", "MB", "GB", "TB" };
	double value = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(buf, 16, "%u B", (unsigned int)bytes);
		return buf;
	}
	while (value >= 999.95 && unit + 1 < ARRAY_LEN(units)) {
		value /= 1000;
		unit++;
	}
	snprintf(buf, 16, "%.1f %s", value, units[unit]);
	return buf;
}
