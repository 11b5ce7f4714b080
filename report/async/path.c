/* Takes Rust paths and types apart. */
#include "report/async/path.h"

#include <ctype.h>

/* What a byte is, for loops that see each byte of every name several times. */
#define NAME 1
#define BRACKET 2

/* clang-format off */
static const u8 ascii[128] = {
	['$'] = NAME, ['.'] = NAME, ['_'] = NAME,
	['0'] = NAME, ['1'] = NAME, ['2'] = NAME, ['3'] = NAME, ['4'] = NAME,
	['5'] = NAME, ['6'] = NAME, ['7'] = NAME, ['8'] = NAME, ['9'] = NAME,
	['a'] = NAME, ['b'] = NAME, ['c'] = NAME, ['d'] = NAME, ['e'] = NAME, ['f'] = NAME, ['g'] = NAME,
	['h'] = NAME, ['i'] = NAME, ['j'] = NAME, ['k'] = NAME, ['l'] = NAME, ['m'] = NAME, ['n'] = NAME,
	['o'] = NAME, ['p'] = NAME, ['q'] = NAME, ['r'] = NAME, ['s'] = NAME, ['t'] = NAME, ['u'] = NAME,
	['v'] = NAME, ['w'] = NAME, ['x'] = NAME, ['y'] = NAME, ['z'] = NAME,
	['A'] = NAME, ['B'] = NAME, ['C'] = NAME, ['D'] = NAME, ['E'] = NAME, ['F'] = NAME, ['G'] = NAME,
	['H'] = NAME, ['I'] = NAME, ['J'] = NAME, ['K'] = NAME, ['L'] = NAME, ['M'] = NAME, ['N'] = NAME,
	['O'] = NAME, ['P'] = NAME, ['Q'] = NAME, ['R'] = NAME, ['S'] = NAME, ['T'] = NAME, ['U'] = NAME,
	['V'] = NAME, ['W'] = NAME, ['X'] = NAME, ['Y'] = NAME, ['Z'] = NAME,
	['<'] = BRACKET, ['('] = BRACKET, ['['] = BRACKET, ['{'] = BRACKET,
	['>'] = BRACKET, [')'] = BRACKET, [']'] = BRACKET, ['}'] = BRACKET,
};
/* clang-format on */

static inline u8 class_of(char c)
{
	return c & 0x80 ? NAME : ascii[(u8)c];
}

bool is_name_byte(char c)
{
	return class_of(c) & NAME;
}

struct span span_trim(struct span s)
{
	while (s.len && s.at[0] == ' ')
		s = span_skip(s, 1);
	while (s.len && s.at[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* 1 for a bracket that opens, -1 for one that closes. The arrows "->" and "=>" are no brackets. */
static int bracket(struct span s, size_t i)
{
	switch (s.at[i]) {
	case '<':
	case '(':
	case '[':
	case '{':
		return 1;
	case ')':
	case ']':
	case '}':
		return -1;
	case '>':
		return i && (s.at[i - 1] == '-' || s.at[i - 1] == '=') ? 0 : -1;
	default:
		return 0;
	}
}

size_t span_group(struct span s, size_t open)
{
	int depth = 1;

	if (open < s.len && bracket(s, open) <= 0)
		return open + 1;
	for (size_t i = open + 1; i < s.len; i++) {
		if (!(class_of(s.at[i]) & BRACKET))
			continue;
		depth += bracket(s, i);
		if (depth <= 0)
			return i + 1;
	}
	return s.len;
}

size_t span_find(struct span s, size_t from, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = from; i + n <= s.len; i++) {
		if (s.at[i] == *text && memcmp(s.at + i, text, n) == 0)
			return i;
		if (class_of(s.at[i]) & BRACKET && bracket(s, i) > 0)
			i = span_group(s, i) - 1;
	}
	return s.len;
}

bool span_next(struct span *rest, const char *separator, struct span *out)
{
	size_t end;

	if (!rest->len)
		return false;
	end = span_find(*rest, 0, separator);
	*out = span_trim(span_first(*rest, end));
	*rest = span_trim(span_skip(*rest, end == rest->len ? end : end + strlen(separator)));
	return true;
}

static struct span inside(struct span brackets)
{
	return brackets.len >= 2 ? (struct span){ brackets.at + 1, brackets.len - 2 } :
				   (struct span){ brackets.at, 0 };
}

/*
 * "serve<u8>", "{async_fn#0}<u8>", "call_once{{vtable.shim}}", "core[c1f1a4ba060b9bfa]": the base
 * ends where a bracket opens, its own braces aside; what else is behind it says nothing.
 */
static struct component component_of(struct span s)
{
	size_t base = 0;
	struct component c = { .args = { s.at, 0 } };

	if (s.len && (s.at[0] == '<' || s.at[0] == '{'))
		base = span_group(s, 0);
	else
		while (base < s.len && bracket(s, base) == 0)
			base++;
	c.base = span_first(s, base);
	if (base < s.len && s.at[base] == '<')
		c.args = inside(span_first(span_skip(s, base), span_group(s, base) - base));
	return c;
}

void path_parse(struct span path, struct component_vec *out)
{
	size_t first = out->len;

	for (size_t at = 0; at < path.len;) {
		size_t end = span_find(path, at, "::");
		struct span text = span_first(span_skip(path, at), end - at);
		bool arguments = out->len > first && text.len && text.at[0] == '<' &&
				 !span_starts(text, "<impl ");

		at = end + 2;
		if (arguments) {
			out->data[out->len - 1].args = inside(text);
			out->data[out->len - 1].end = end;
			continue;
		}
		*vec_push(out) = component_of(text);
		out->data[out->len - 1].end = end;
	}
}

size_t path_default_trait(const struct component_vec *parts)
{
	size_t body = 0;

	while (body < parts->len && parts->data[body].base.len &&
	       parts->data[body].base.at[0] != '{')
		body++;
	if (body < 3 || body == parts->len || !parts->data[parts->len - 1].args.len ||
	    !isupper((unsigned char)parts->data[body - 2].base.at[0]))
		return 0;
	return body - 2;
}

size_t path_length(struct span s)
{
	size_t i = 0;

	while (i < s.len) {
		if (s.at[i] == '<' || s.at[i] == '{') {
			i = span_group(s, i);
		} else {
			size_t start = i;

			while (i < s.len && class_of(s.at[i]) & NAME)
				i++;
			if (i == start)
				break;
			if (i + 1 < s.len && s.at[i] == '[' && isxdigit((unsigned char)s.at[i + 1]))
				i = span_group(s, i);
		}
		while (i < s.len && (s.at[i] == '<' || s.at[i] == '{'))
			i = span_group(s, i);
		if (i + 2 > s.len || s.at[i] != ':' || s.at[i + 1] != ':')
			break;
		i += 2;
	}
	return i;
}

struct self_type self_parse(struct span qualified)
{
	struct span s = span_trim(inside(qualified));
	const char *word = " as ";
	size_t at;

	if (span_starts(s, "impl ")) {
		s = span_skip(s, 5);
		word = " for ";
	}
	at = span_find(s, 0, word);
	if (at == s.len)
		return (struct self_type){ s, { s.at, 0 } };
	if (word[1] == 'a')
		return (struct self_type){ span_first(s, at), span_skip(s, at + 4) };
	return (struct self_type){ span_skip(s, at + 5), span_first(s, at) };
}
