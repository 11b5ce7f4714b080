/* Writes paths and types in the one spelling that all builds share. */
#include "report/async/spell.h"

#include <ctype.h>

#include <aprof/cleanup.h>

/* Deeper types are cut to "_": a bound for what damaged debug information may hold. */
#define DEEPEST 128

static const char *const primitives[] = {
	"bool", "char", "str",	 "u8",	"u16",	"u32", "u64", "u128", "usize", "i8",
	"i16",	"i32",	"i64",	 "i128", "isize", "f16", "f32", "f64",  "f128",
};

static const char *const keywords[] = {
	"mut", "const", "dyn", "fn", "unsafe", "extern", "for", "impl", "as", "raw",
};

/* Traits that every reader knows by their last name. */
static const struct {
	const char *path, *word;
} known_traits[] = {
	{ "core::future::future::Future", "Future" },
	{ "futures_core::stream::Stream", "Stream" },
};

/*
 * What rustc calls the parts of a path that the source does not name; "_env" (the type of a
 * closure's state) and the number behind "#" are taken off before.
 */
static const struct {
	const char *label;
	bool silent; /* the body of the function named before it */
	bool closure; /* "closure" to the tables, as symbols call it */
} specials[] = {
	{ "closure", false, true },	 { "async_fn", true, true },
	{ "async_block", false, true },	 { "async_closure", false, true },
	{ "generator", false, true },	 { "coroutine", false, true },
	{ "gen_fn", true, true },	 { "gen_block", false, true },
	{ "gen_closure", false, true },	 { "async_gen_fn", true, true },
	{ "async_gen_block", false, true }, { "async_gen_closure", false, true },
	/* The body of an async closure that is called by value or by reference. */
	{ "synthetic", true, false },	 { "by.ref.shim", true, false },
	{ "vtable.shim", true, false },
};

static bool is_one_of(struct span s, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(s, words[i]))
			return true;
	return false;
}

static void add(struct speller *sp, struct span s)
{
	text_add_n(sp->out, s.at, s.len);
}

static void spell_special(struct speller *sp, struct span base)
{
	struct span s = base, label, number = { base.at, 0 };
	size_t at;

	while (s.len && s.at[0] == '{')
		s = span_skip(s, 1);
	while (s.len && s.at[s.len - 1] == '}')
		s.len--;
	at = span_find(s, 0, "#");
	label = span_first(s, at);
	if (at < s.len)
		number = span_skip(s, at);
	if (label.len > 4 && span_is(span_skip(label, label.len - 4), "_env"))
		label.len -= 4;
	if (span_starts(label, "shim:"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(specials); i++) {
		if (!span_is(label, specials[i].label))
			continue;
		if (!specials[i].closure || (specials[i].silent && sp->spelling == SPELL_LOGICAL))
			return;
		if (sp->spelling != SPELL_LOGICAL)
			label = span_of("closure");
		break;
	}
	if (span_is(label, "impl")) {
		text_add(sp->out, sp->out->len ? "::_" : "_");
		return;
	}
	text_add(sp->out, sp->out->len ? "::{" : "{");
	add(sp, label);
	if (sp->spelling == SPELL_LOGICAL || sp->spelling == SPELL_COMPARE)
		add(sp, number);
	text_add(sp->out, "}");
}

void spell_component(struct speller *sp, struct span base)
{
	if (base.len && base.at[0] == '{') {
		spell_special(sp, base);
		return;
	}
	text_add(sp->out, "::");
	add(sp, base);
}

bool argument_is_lifetime(struct span arg)
{
	return !arg.len || (arg.at[0] == '\'' && span_find(arg, 0, " ") == arg.len);
}

bool argument_is_silent(struct span arg)
{
	return argument_is_lifetime(arg) || span_is(arg, "alloc::alloc::Global");
}

bool is_parameter(struct span type)
{
	if (!type.len || isdigit((unsigned char)type.at[0]))
		return false;
	for (size_t i = 0; i < type.len; i++)
		if (!isalnum((unsigned char)type.at[i]) && type.at[i] != '_')
			return false;
	return !is_one_of(type, primitives, ARRAY_LEN(primitives));
}

bool is_pathless(struct span type)
{
	if (path_length(type) != type.len || span_find(type, 0, "::") == type.len)
		return true;
	return type.at[type.len - 1] == '}';
}

/* "Output = u64", "Output=u64": where the type begins; 0 for an argument that is just a type. */
static size_t binding(struct span arg)
{
	size_t at = span_find(arg, 0, "=");

	if (at == arg.len || at + 1 == arg.len || arg.at[at + 1] == '>' || arg.at[at + 1] == '=')
		return 0;
	return at + 1;
}

static void spell_argument(struct speller *sp, struct span arg)
{
	size_t at = binding(arg);

	if (at) {
		add(sp, span_trim(span_first(arg, at - 1)));
		text_char(sp->out, '=');
		arg = span_trim(span_skip(arg, at));
	}
	spell_type(sp, arg);
}

/* The argument that a legacy symbol's parameter stands for; a->count or more if it is not known. */
static size_t parameter_number(struct arguments *a, struct span name)
{
	size_t n = 0;

	while (n < a->name_count &&
	       !(a->names[n].len == name.len && !memcmp(a->names[n].at, name.at, name.len)))
		n++;
	if (n == a->name_count && n < ARRAY_LEN(a->names))
		a->names[a->name_count++] = name;
	return n;
}

/* A parameter whose argument is not known, or not shown, has no place in a list. */
static bool is_left_out(struct speller *sp, struct span arg)
{
	struct arguments *a = sp->arguments;
	size_t n;

	if (argument_is_silent(arg))
		return true;
	if (!a || !a->by_name || !is_parameter(arg))
		return false;
	n = parameter_number(a, arg);
	if (n < a->count && argument_is_silent(a->args[n]))
		a->used |= 1u << n;
	return n >= a->count || argument_is_silent(a->args[n]);
}

void spell_arguments(struct speller *sp, struct span args)
{
	const char *before = "<";
	bool in_self = sp->in_self;
	struct span arg;

	if (sp->spelling == SPELL_BARE || sp->spelling == SPELL_KEY)
		return;
	sp->in_self = false;
	while (span_next(&args, ",", &arg)) {
		if (is_left_out(sp, arg))
			continue;
		text_add(sp->out, before);
		spell_argument(sp, arg);
		before = ", ";
	}
	if (*before == ',')
		text_char(sp->out, '>');
	sp->in_self = in_self;
}

/* rustc < 1.67 wraps each async body in GenFuture<T>; T is what the source says. */
static bool spell_wrapped(struct speller *sp, struct span path, const struct component_vec *parts)
{
	const struct component *last = &parts->data[parts->len - 1];
	struct span arg = last->args;

	if (sp->in_self || !arg.len || !span_is(last->base, "GenFuture") ||
	    !span_starts(path, "core::future::from_generator::"))
		return false;
	spell_type(sp, span_trim(arg));
	return true;
}

static void spell_trait(struct speller *sp, struct span trait)
{
	size_t bare = span_find(trait, 0, "<");

	for (size_t i = 0; i < ARRAY_LEN(known_traits); i++) {
		if (sp->spelling == SPELL_LOGICAL &&
		    span_is(span_first(trait, bare), known_traits[i].path)) {
			text_add(sp->out, known_traits[i].word);
			spell_arguments(sp, span_skip(trait, bare));
			return;
		}
	}
	spell_type(sp, trait);
}

void spell_self(struct speller *sp, struct self_type self)
{
	bool angled = self.trait.len || path_length(self.type) != self.type.len ||
		      span_find(self.type, 0, "::") == self.type.len;

	if (angled)
		text_char(sp->out, '<');
	spell_type(sp, self.type);
	if (self.trait.len) {
		text_add(sp->out, " as ");
		spell_trait(sp, self.trait);
	}
	if (angled)
		text_char(sp->out, '>');
}

void spell_self_key(struct speller *sp, struct self_type self, bool blanket)
{
	if (self.trait.len && (blanket || is_pathless(self.type)))
		spell_type(sp, self.trait);
	else if (is_pathless(self.type))
		text_add(sp->out, "core::_"); /* only core gives methods to types without a path */
	else
		spell_type(sp, self.type);
}

static bool is_for_keys(enum spelling spelling)
{
	return spelling == SPELL_KEY || spelling == SPELL_COMPARE;
}

static size_t default_trait(const struct speller *sp, const struct component_vec *parts)
{
	return sp->spelling == SPELL_LOGICAL ? path_default_trait(parts) : 0;
}

/* "<shop::A as shop::Svc>" */
static size_t spell_default_trait(struct speller *sp, struct span path,
				  const struct component_vec *parts, size_t trait)
{
	struct self_type self = { .trait = span_first(path, parts->data[trait].end) };
	struct span args = parts->data[parts->len - 1].args;

	span_next(&args, ",", &self.type);
	spell_self(sp, self);
	return trait + 1;
}

/* A path's start: up to its last "{impl#N}", or a qualified type. Returns the next component. */
static size_t spell_start(struct speller *sp, struct span path, const struct component_vec *parts)
{
	const struct component *part = parts->data;
	size_t trait = default_trait(sp, parts);
	const char *known;

	if (trait)
		return spell_default_trait(sp, path, parts, trait);
	for (size_t i = parts->len; i-- > 0;) {
		if (!component_is_impl(&part[i]))
			continue;
		known = sp->impls ? sp->impls->find(sp->impls->arg, span_first(path, part[i].end),
						    sp->spelling) :
				    NULL;
		if (!known)
			break;
		text_add(sp->out, known);
		return i + 1;
	}
	if (component_is_qualified(part) && is_for_keys(sp->spelling)) {
		spell_self_key(sp, self_parse(part->base), false);
	} else if (component_is_qualified(part)) {
		spell_self(sp, self_parse(part->base));
	} else if (part->base.len && part->base.at[0] == '{') {
		return 0;
	} else {
		add(sp, part->base);
		spell_arguments(sp, part->args);
	}
	return 1;
}

/* Written apart, so that components know whether they are the first of this path. */
static void spell_parts(struct speller *sp, struct span path, const struct component_vec *parts)
{
	struct text inner = { 0 };
	struct text *out = sp->out;

	sp->out = &inner;
	for (size_t i = spell_start(sp, path, parts); i < parts->len; i++) {
		struct span args = parts->data[i].args, type;

		spell_component(sp, parts->data[i].base);
		if (i + 1 == parts->len && default_trait(sp, parts))
			span_next(&args, ",", &type);
		spell_arguments(sp, args);
	}
	sp->out = out;
	text_add_n(out, text_str(&inner), inner.len);
	text_release(&inner);
}

/* Writes an argument of the function; for all its instances, "_". */
static void spell_nth(struct speller *sp, size_t n)
{
	struct arguments *a = sp->arguments;

	if (n >= a->count || a->blank) {
		text_char(sp->out, '_');
		return;
	}
	a->used |= 1u << n;
	sp->arguments = NULL;
	spell_type(sp, a->args[n]);
	sp->arguments = a;
}

static void compared(struct speller *like, struct text *out, struct span type)
{
	struct speller sp = { .out = out, .impls = like->impls, .spelling = SPELL_COMPARE,
			      .depth = like->depth };

	spell_type(&sp, type);
}

/* The argument that a v0 symbol's type is; count if it is none. */
static size_t argument_like(struct speller *sp, struct span type)
{
	struct arguments *a = sp->arguments;
	struct text want CLEANUP(text_release) = { 0 };
	struct text have CLEANUP(text_release) = { 0 };
	size_t found = a->count;

	compared(sp, &want, type);
	for (size_t i = a->count; i-- > 0;) {
		text_clear(&have);
		compared(sp, &have, a->args[i]);
		if (have.len != want.len || memcmp(text_str(&have), text_str(&want), want.len) != 0)
			continue;
		/* Of equal arguments the first that is not yet written. */
		if (found == a->count || !(a->used & 1u << i))
			found = i;
	}
	return found;
}

/* Replaces a type by the argument it is, so that it is spelled as debug information does. */
static bool spell_replaced(struct speller *sp, struct span type)
{
	struct arguments *a = sp->arguments;
	size_t n;

	if (!a)
		return false;
	if (a->by_name) {
		if (!is_parameter(type))
			return false;
		spell_nth(sp, parameter_number(a, type));
		return true;
	}
	n = argument_like(sp, type);
	if (n == a->count)
		return false;
	spell_nth(sp, n);
	return true;
}

void spell_path(struct speller *sp, struct span path)
{
	struct component_vec parts = { 0 };

	if (spell_replaced(sp, path))
		return;
	path_parse(path, &parts);
	if (parts.len && !spell_wrapped(sp, path, &parts))
		spell_parts(sp, path, &parts);
	vec_release(&parts);
}

/* "'a ", "'static ": the length of a lifetime and the blank behind it. */
static size_t lifetime_length(struct span s)
{
	size_t n = 1;

	while (n < s.len && is_name_byte(s.at[n]))
		n++;
	return n + (n < s.len && s.at[n] == ' ');
}

/* "40: usize", "40_usize", "0x28": constants, all as plain as debug information has them. */
static size_t number_length(struct speller *sp, struct span s)
{
	size_t digits = 0, n;

	while (digits < s.len && isxdigit((unsigned char)s.at[digits]))
		digits++;
	n = digits;
	while (n < s.len && is_name_byte(s.at[n]))
		n++;
	add(sp, span_first(s, n == digits || s.at[digits] == '_' ? digits : n));
	if (n + 2 < s.len && s.at[n] == ':' && s.at[n + 1] == ' ') {
		n += 2;
		while (n < s.len && is_name_byte(s.at[n]))
			n++;
	}
	return n;
}

/* Writes what begins at `s` and returns how much of it that was. */
static size_t spell_token(struct speller *sp, struct span s)
{
	char c = s.at[0];
	size_t n = 1;

	if (c == '\'')
		return lifetime_length(s);
	if (isdigit((unsigned char)c))
		return number_length(sp, s);
	if (c == ',') {
		while (n < s.len && s.at[n] == ' ')
			n++;
		text_add(sp->out, n < s.len && s.at[n] != ')' ? ", " : ",");
		return n;
	}
	if (!is_name_byte(c) && c != '{' && c != '<') {
		text_char(sp->out, c);
		return 1;
	}
	n = path_length(s);
	n = n ? n : 1;
	if (is_one_of(span_first(s, n), keywords, ARRAY_LEN(keywords)))
		add(sp, span_first(s, n));
	else
		spell_path(sp, span_first(s, n));
	return n;
}

void spell_type(struct speller *sp, struct span type)
{
	if (++sp->depth > DEEPEST) {
		text_char(sp->out, '_');
		sp->depth--;
		return;
	}
	type = span_trim(type);
	/* Newer compilers put dyn types of several traits in parentheses. */
	if (span_starts(type, "(dyn ") && span_group(type, 0) == type.len)
		type = (struct span){ type.at + 1, type.len - 2 };
	if (!(path_length(type) != type.len && spell_replaced(sp, type)))
		while (type.len)
			type = span_skip(type, spell_token(sp, type));
	sp->depth--;
}
