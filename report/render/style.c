/* Colours, widths and numbers: what makes text readable on a terminal and without one. */
#include "report/render/style.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report/async/logical.h"
#include "report/render/names.h"

static const char *const escapes[INK_COUNT] = {
	[INK_NONE] = "",	   [INK_HEADER] = "\033[1m",   [INK_HOT] = "\033[31;1m",
	[INK_WARM] = "\033[33m",   [INK_DIM] = "\033[2m",      [INK_ASYNC] = "\033[36;1m",
	[INK_KERNEL] = "\033[35m", [INK_SPECIAL] = "\033[33m", [INK_GAIN] = "\033[32m",
	[INK_LOSS] = "\033[31m",
};

static unsigned int terminal_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (columns && atoi(columns) >= 40 && atoi(columns) <= 10000)
		return (unsigned int)atoi(columns);
	if (isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

void style_init(struct style *style, FILE *out)
{
	const char *no_color = getenv("NO_COLOR"); /* no-color.org: set and not empty */
	const char *term = getenv("TERM");

	*style = (struct style){
		.color = isatty(fileno(out)) && !(no_color && *no_color) && term &&
			 strcmp(term, "dumb") != 0,
		.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.header = true,
		.width = terminal_width(fileno(out)),
	};
}

const char *style_ink(const struct style *style, enum ink ink)
{
	return style->color ? escapes[ink] : "";
}

const char *style_plain(const struct style *style)
{
	return style->color ? "\033[0m" : "";
}

enum ink style_ink_of_share(double share)
{
	return share >= 0.1 ? INK_HOT : share >= 0.01 ? INK_WARM : INK_NONE;
}

static const struct {
	const char *name;
	enum ink ink;
} kinds[] = {
	[STEP_ASYNC] = { "async", INK_ASYNC },	  [STEP_FUTURE] = { "future", INK_ASYNC },
	[STEP_SYNC] = { "sync", INK_NONE },	  [STEP_OWNER] = { "glue", INK_DIM },
	[STEP_KERNEL] = { "kernel", INK_KERNEL }, [STEP_THREAD] = { "thread", INK_SPECIAL },
	[STEP_END] = { "end", INK_SPECIAL },	  [STEP_GLUE] = { "glue", INK_DIM },
};

enum ink style_ink_of_kind(u8 kind)
{
	return kind < ARRAY_LEN(kinds) ? kinds[kind].ink : INK_NONE;
}

const char *style_kind(u8 kind)
{
	return kind < ARRAY_LEN(kinds) ? kinds[kind].name : "?";
}

char *format_count(u64 count, char buf[32])
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
	char *to = buf;

	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return buf;
}

char *format_time(double ns, char buf[32])
{
	static const struct {
		double unit;
		const char *name;
	} units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "us" }, { 1, "ns" } };
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && ns < units[i].unit)
		i++;
	ns /= units[i].unit;
	snprintf(buf, 32, "%.*f %s", ns < 10 ? 2 : ns < 100 ? 1 : 0, ns, units[i].name);
	return buf;
}

void style_wrap(const struct style *style, FILE *out, const char *text)
{
	size_t width = style->width;
	size_t indent = 0;

	while (width && name_width(text) + indent > width) {
		const char *end = text + name_bytes(text, width - indent);

		while (end > text && *end != ' ')
			end--;
		if (end == text)
			break;
		fprintf(out, "%*s%.*s\n", (int)indent, "", (int)(end - text), text);
		text = end + 1;
		indent = 2;
	}
	fprintf(out, "%*s%s\n", (int)indent, "", text);
}
