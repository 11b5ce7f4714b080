/* Finds in the source where an `.await` stands. */
#include "report/async/sites.h"

#include <string.h>

#include <aprof/text.h>

#include "report/async/path.h"
#include "report/symbols/source.h"

void sites_init(struct sites *sites)
{
	*sites = (struct sites){ 0 };
	intern_init(&sites->places);
}

void sites_release(struct sites *sites)
{
	intern_release(&sites->places);
	vec_release(&sites->lines);
}

/* Where a reader of tokens is. */
struct cursor {
	const char *const *lines;
	size_t count;
	size_t line; /* count: at the end */
	size_t byte;
};

static const char *here(const struct cursor *c)
{
	return c->lines[c->line] + c->byte;
}

static void next_line(struct cursor *c)
{
	c->line++;
	c->byte = 0;
}

/* Behind a block comment, which may hold others. */
static void skip_comment(struct cursor *c)
{
	int depth = 0;

	while (c->line < c->count) {
		const char *at = here(c);
		bool opens = starts_with(at, "/*"), closes = starts_with(at, "*/");

		if (!*at) {
			next_line(c);
			continue;
		}
		depth += opens - closes;
		c->byte += opens || closes ? 2 : 1;
		if (!depth)
			return;
	}
}

static void skip_space(struct cursor *c)
{
	while (c->line < c->count) {
		const char *at = here(c);

		if (!*at || starts_with(at, "//"))
			next_line(c);
		else if (starts_with(at, "/*"))
			skip_comment(c);
		else if (strchr(" \t\r", *at))
			c->byte++;
		else
			return;
	}
}

/* Is `token` what comes next? Then the cursor moves behind it. */
static bool take(struct cursor *c, const char *token)
{
	skip_space(c);
	if (c->line == c->count || !starts_with(here(c), token))
		return false;
	c->byte += strlen(token);
	return true;
}

static bool in_word(char c)
{
	return is_name_byte(c) && c != '.';
}

u32 sites_find_await(const char *const *lines, size_t count, u32 column)
{
	struct cursor c = { .lines = lines, .count = count };

	if (!count || !column || column - 1 > strlen(lines[0]))
		return 0;
	c.byte = column - 1;
	/* The name of a macro that awaits: an expression does not end before a word. */
	if (in_word(*here(&c)) && (!c.byte || !in_word(here(&c)[-1])))
		return 1;
	if (!take(&c, ".") || !take(&c, "await") || in_word(*here(&c)))
		return 0;
	return (u32)c.line + 1;
}

static u32 look_up(const char *file, u32 line, u32 column)
{
	struct source_text source;
	u32 found = 0;

	source_text_read(&source, file, NULL);
	if (line && line <= source.lines.len)
		found = sites_find_await(source.lines.data + line - 1,
					 source.lines.len - (line - 1), column);
	source_text_release(&source);
	return found ? line + found - 1 : 0;
}

u32 sites_await_line(struct sites *sites, const char *file, u32 line, u32 column)
{
	struct text key = { 0 };
	u32 id;

	text_printf(&key, "%u:%u:%s", line, column, file);
	id = intern_bytes(&sites->places, text_str(&key), key.len);
	text_release(&key);
	if (id == sites->lines.len)
		*vec_push(&sites->lines) = look_up(file, line, column);
	return sites->lines.data[id];
}
