/*
 * Rust paths and types as text: brackets, components, generic arguments.
 *
 * Works on what debug information and demanglers print: "shop::{impl#4}::serve::{async_fn#0}<u8>",
 * "<shop::A as shop::Svc>::call::{{closure}}", "shop::fetch::<shop::Cache>::{closure#0}".
 */
#ifndef APROF_ASYNC_PATH_H
#define APROF_ASYNC_PATH_H

#include <string.h>

#include <aprof/types.h>
#include <aprof/vec.h>

/* A part of a longer text; not NUL-terminated. */
struct span {
	const char *at;
	size_t len;
};

static inline struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static inline bool span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static inline bool span_starts(struct span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.len >= n && memcmp(s.at, prefix, n) == 0;
}

/* What is left behind the first n bytes. */
static inline struct span span_skip(struct span s, size_t n)
{
	n = n < s.len ? n : s.len;
	return (struct span){ s.at + n, s.len - n };
}

static inline struct span span_first(struct span s, size_t n)
{
	return (struct span){ s.at, n < s.len ? n : s.len };
}

struct span span_trim(struct span s);

/* Letters, digits, "_", "$", "." and all bytes of other alphabets. */
bool is_name_byte(char c);

/* The index behind the bracket that closes the one at `open`; s.len if nothing does. */
size_t span_group(struct span s, size_t open);

/* The index of `text` outside all brackets, from `from` on; s.len if it is not there. */
size_t span_find(struct span s, size_t from, const char *text);

/*
 * Cuts the text before the next `separator` outside brackets off `rest`, both trimmed.
 * False when nothing is left.
 */
bool span_next(struct span *rest, const char *separator, struct span *out);

/* One component of a path. */
struct component {
	struct span base; /* "serve", "{async_fn#0}"; "<A as B>" and "<impl B for A>" as they are */
	struct span args; /* between "<" and ">"; empty if there are none */
	size_t end; /* behind the component, in the path's text */
};

struct component_vec VEC(struct component);

/* Appends the components of a path. v0's "::<u8>" become arguments of the one before. */
void path_parse(struct span path, struct component_vec *out);

/*
 * The trait of a default method's body, "shop::Svc::call::{async_fn#0}<shop::A>": the component in
 * front of the method's, by its capital; 0 if there is none. A body in a type's own method stands
 * in an "{impl#N}" instead. Its first argument is the type that has the method.
 */
size_t path_default_trait(const struct component_vec *parts);

/* How long the path at the start of `s` is, arguments included; 0 if there is none. */
size_t path_length(struct span s);

/* "{impl#3}" */
static inline bool component_is_impl(const struct component *c)
{
	return span_starts(c->base, "{impl#");
}

/* "<A as B>", "<A>", "<impl B for A>" */
static inline bool component_is_qualified(const struct component *c)
{
	return c->base.len && c->base.at[0] == '<';
}

/* The type and, if it is a trait's implementation, the trait of a qualified component. */
struct self_type {
	struct span type;
	struct span trait; /* empty for an inherent implementation */
};
struct self_type self_parse(struct span qualified);

#endif
