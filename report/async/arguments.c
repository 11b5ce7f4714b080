/* The generic arguments of a function, and where they stand in its symbol's Self type. */
#include "report/async/spell.h"

#include <ctype.h>

#include <aprof/cleanup.h>

static const char *const primitives[] = {
	"bool", "char", "str",	 "u8",	"u16",	"u32", "u64", "u128", "usize", "i8",
	"i16",	"i32",	"i64",	 "i128", "isize", "f16", "f32", "f64",  "f128",
};

static bool is_primitive(struct span type)
{
	for (size_t i = 0; i < ARRAY_LEN(primitives); i++)
		if (span_is(type, primitives[i]))
			return true;
	return false;
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
	return !is_primitive(type);
}

void arguments_collect(struct arguments *a, struct span args)
{
	struct span arg;

	while (a->count < ARRAY_LEN(a->args) && span_next(&args, ",", &arg))
		if (!argument_is_lifetime(arg))
			a->args[a->count++] = arg;
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
bool argument_is_left_out(struct speller *sp, struct span arg)
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
			      .depth = like->depth, .in_self = like->in_self };

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
bool spell_replaced(struct speller *sp, struct span type)
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
