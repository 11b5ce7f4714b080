/*
 * Shortening Rust paths for a column, a step at a time: what tells least goes first.
 *
 *	<core::ops::range::Range<i32> as core::iter::Step>::forward_unchecked
 *	<Range<i32> as Step>::forward_unchecked       paths of types keep their last segment
 *	<Range<…> as Step>::forward_unchecked         generic arguments go
 *	tokio::…::worker::Context::park               segments in the middle go
 *	tokio::run…ext::park                          characters in the middle go
 */
#include <ctype.h>
#include <string.h>

#include "report/render/names.h"

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

static bool is_arrow(const char *start, const char *at)
{
	return *at == '>' && at > start && at[-1] == '-';
}

/* Inside of <…>, every path becomes its last segment. */
static void shorten_types(struct text *out, const char *name)
{
	int depth = 0;

	for (const char *at = name; *at;) {
		size_t word = 0;

		while (in_word(at[word]))
			word++;
		if (word) {
			bool goes_on = depth > 0 && strncmp(at + word, "::", 2) == 0 &&
				       in_word(at[word + 2]);

			if (!goes_on)
				text_add_n(out, at, word);
			at += goes_on ? word + 2 : word;
			continue;
		}
		depth += *at == '<';
		depth -= *at == '>' && !is_arrow(name, at) && depth > 0;
		text_char(out, *at++);
	}
}

/* A '<' that opens generic arguments follows a name; one that opens a type stands at its start. */
static bool opens_arguments(const char *start, const char *at)
{
	return *at == '<' && at > start && (in_word(at[-1]) || at[-1] == '}');
}

static void drop_arguments(struct text *out, const char *name, const char *dots)
{
	int depth = 0; /* of what is dropped */

	for (const char *at = name; *at; at++) {
		if (!depth && opens_arguments(name, at)) {
			text_printf(out, "<%s>", dots);
			depth = 1;
		} else if (depth) {
			depth += *at == '<';
			depth -= *at == '>' && !is_arrow(name, at);
		} else {
			text_char(out, *at);
		}
	}
}

/* The first segment, dots, and as many of the last as fit; nothing if that is not the last one. */
static void drop_segments(struct text *out, const char *name, size_t width, const char *dots)
{
	const char *first_end = NULL, *tail = NULL;
	size_t head;
	int depth = 0;

	for (const char *at = name; *at; at++) {
		depth += *at == '<';
		depth -= *at == '>' && !is_arrow(name, at) && depth > 0;
		if (depth || strncmp(at, "::", 2) != 0)
			continue;
		if (!first_end) {
			first_end = at;
			continue;
		}
		head = name_width(dots) + 2 + (size_t)(first_end - name);
		if (!tail && head + name_width(at) <= width)
			tail = at;
	}
	if (tail)
		text_printf(out, "%.*s::%s%s", (int)(first_end - name), name, dots, tail);
}

static void cut_middle(struct text *out, const char *name, size_t width, const char *dots)
{
	size_t have = name_width(name), head, tail;

	if (width <= name_width(dots) + 1) {
		text_add_n(out, name, name_bytes(name, width));
		return;
	}
	/* The end says which function it is: it gets the larger half. */
	tail = (width - name_width(dots)) * 3 / 5;
	head = width - name_width(dots) - tail;
	text_add_n(out, name, name_bytes(name, head));
	text_add(out, dots);
	text_add(out, name + name_bytes(name, have - tail));
}

void name_fit(struct text *out, const char *name, size_t width, bool unicode)
{
	const char *dots = unicode ? "…" : "..";
	struct text steps[4] = { 0 };
	const char *last;
	size_t n = 0;

	name_clean(&steps[0], name);
	last = text_str(&steps[0]);
	while (width && name_width(last) > width && ++n < ARRAY_LEN(steps)) {
		if (n == 1)
			shorten_types(&steps[n], last);
		else if (n == 2)
			drop_arguments(&steps[n], last, dots);
		else
			drop_segments(&steps[n], last, width, dots);
		if (steps[n].len)
			last = text_str(&steps[n]);
	}
	if (width && name_width(last) > width)
		cut_middle(out, last, width, dots);
	else
		text_add(out, last);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		text_release(&steps[i]);
}

void name_cut(struct text *out, const char *text, size_t width, bool unicode)
{
	const char *dots = unicode ? "…" : "..";
	struct text whole = { 0 };

	name_clean(&whole, text);
	if (width > name_width(dots) && name_width(text_str(&whole)) > width) {
		text_add_n(out, whole.at, name_bytes(whole.at, width - name_width(dots)));
		text_add(out, dots);
	} else {
		text_add(out, text_str(&whole));
	}
	text_release(&whole);
}
