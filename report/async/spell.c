/* Writes paths and types in the one spelling that all builds share. */
#include "report/async/spell.h"

#include <ctype.h>

/* Deeper types are cut to "_": a bound for what damaged debug information may hold. */
#define DEEPEST 128

/* Shorter ones are spelled as fast as they are looked up. */
#define LONG_TYPE 24

static const char *const keywords[] = {
	"mut", "const", "dyn", "fn", "unsafe", "extern", "for", "impl", "as", "raw",
};

/* Traits that every reader knows by their last name. */
static const struct {
	const char *path, *word;
} known_traits[] = {
	{ "core::future::future::Future", "Future" },
	{ "futures_core::stream::Stream", "Stream" },
	{ "core::ops::drop::Drop", "Drop" },
	{ "core::iter::traits::iterator::Iterator", "Iterator" },
};

static bool is_keyword(struct span s)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (span_is(s, keywords[i]))
			return true;
	return false;
}

static void add(struct speller *sp, struct span s)
{
	text_add_n(sp->out, s.at, s.len);
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

void spell_arguments(struct speller *sp, struct span args)
{
	const char *before = "<";
	bool in_self = sp->in_self;
	struct span arg;

	if (sp->spelling == SPELL_BARE || sp->spelling == SPELL_KEY)
		return;
	sp->in_self = false;
	while (span_next(&args, ",", &arg)) {
		if (argument_is_left_out(sp, arg))
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

static bool is_std_path(struct span path)
{
	return span_starts(path, "core::") || span_starts(path, "alloc::") ||
	       span_starts(path, "std::");
}

void spell_self_key(struct speller *sp, struct self_type self, bool blanket)
{
	/* Who implements a trait for a type of std's is who has the trait: nobody else may. */
	bool of_trait = blanket || is_pathless(self.type) ||
			(is_std_path(self.type) && !is_std_path(self.trait));

	if (self.trait.len && of_trait)
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
	if (is_keyword(span_first(s, n)))
		add(sp, span_first(s, n));
	else
		spell_path(sp, span_first(s, n));
	return n;
}

static void spell_new_type(struct speller *sp, struct span type)
{
	/* Newer compilers put dyn types of several traits in parentheses. */
	if (span_starts(type, "(dyn ") && span_group(type, 0) == type.len)
		type = (struct span){ type.at + 1, type.len - 2 };
	if (!(path_length(type) != type.len && spell_replaced(sp, type)))
		while (type.len)
			type = span_skip(type, spell_token(sp, type));
}

/* What a spelled type depends on beside itself. */
static u32 context_of(const struct speller *sp)
{
	return sp->impls->module << 3 | (u32)sp->spelling << 1 | sp->in_self;
}

static void spell_type_once(struct speller *sp, struct span type)
{
	struct memo *memo = sp->impls->memo;
	struct span known;
	size_t start = sp->out->len;
	bool cut = sp->cut;
	u32 id;

	known = memo_find(memo, context_of(sp), type, &id);
	if (known.at) {
		add(sp, known);
		return;
	}
	sp->cut = false;
	spell_new_type(sp, type);
	if (!sp->cut)
		memo_keep(memo, id, (struct span){ text_str(sp->out) + start, sp->out->len - start });
	sp->cut |= cut;
}

void spell_type(struct speller *sp, struct span type)
{
	if (++sp->depth > DEEPEST) {
		text_char(sp->out, '_');
		sp->cut = true;
		sp->depth--;
		return;
	}
	type = span_trim(type);
	if (type.len >= LONG_TYPE && !sp->arguments && sp->impls && sp->impls->memo)
		spell_type_once(sp, type);
	else
		spell_new_type(sp, type);
	sp->depth--;
}
