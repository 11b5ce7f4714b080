/* Logical names from DIE paths, with what is hidden there taken from the mangled name. */
#include "report/async/name.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "report/async/impls.h"
#include "report/async/spell.h"

struct names {
	struct impls impls;
	struct memo memo;
};

void name_release(struct name *name)
{
	text_release(&name->text);
	text_release(&name->key);
	text_release(&name->trait);
}

struct names *names_new(const struct symbols *symbols)
{
	struct names *names = xzalloc(sizeof *names);

	impls_init(&names->impls, symbols);
	memo_init(&names->memo);
	names->impls.lookup.memo = &names->memo;
	return names;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	impls_release(&names->impls);
	memo_release(&names->memo);
	free(names);
}

void names_ready(struct names *names)
{
	impls_collect(&names->impls);
}

struct names *names_share(struct names *names)
{
	struct names *share = xzalloc(sizeof *share);

	impls_share(&share->impls, &names->impls);
	memo_init(&share->memo);
	share->impls.lookup.memo = &share->memo;
	return share;
}

void names_unshare(struct names *share)
{
	memo_release(&share->memo);
	free(share);
}

/* "<A, B>" of the arguments that the Self type does not show. */
static void add_left_arguments(struct speller *sp, struct span all)
{
	struct arguments *a = sp->arguments;
	const char *before = "<";
	struct span arg;
	size_t n = 0;

	sp->arguments = NULL;
	while (span_next(&all, ",", &arg)) {
		bool used = n < ARRAY_LEN(a->args) && a->used & 1u << n;

		if (argument_is_lifetime(arg))
			continue;
		n++;
		if (used || argument_is_silent(arg))
			continue;
		text_add(sp->out, before);
		spell_type(sp, arg);
		before = ", ";
	}
	if (*before == ',')
		text_char(sp->out, '>');
}

/*
 * Is the Self type itself an argument of the implementation, as in `impl<F: Future> Svc for F`?
 * `spelled` is the Self as it was written: "<ARGUMENT as ...".
 */
static bool is_blanket(struct names *names, struct self_type self, const struct arguments *a,
		       const struct text *spelled)
{
	struct text first CLEANUP(text_release) = { 0 };
	struct speller sp = { .out = &first, .impls = &names->impls.lookup };

	if (a->by_name || !a->count)
		return is_parameter(self.type);
	spell_type(&sp, a->args[0]);
	text_add(&first, " as ");
	return spelled->len && starts_with(spelled->at + 1, text_str(&first));
}

/* How much of a DIE path's front the Self type of the symbol replaces. */
static bool find_self(const struct function *f, const struct parsed_path *die,
		      const struct parsed_path *symbol, struct self_type *self, size_t *front)
{
	size_t n = die->parts.len;

	if (!has_linkage(f))
		return false;
	if (die->impl < n) {
		*front = die->impl + 1;
		return self_of_symbol(die, n - *front, symbol, self);
	}
	/* A method of a type: its scope is the type itself, where the type's arguments are known. */
	*front = n - 1;
	return n >= 2 && die->parts.data[n - 1].base.at[0] != '{' &&
	       self_of_symbol(die, 1, symbol, self) && !self->trait.len &&
	       span_find(self->type, 0, "<") < self->type.len;
}

/* The scopes in front of the last component, where no symbol says it better. */
static void spell_front(struct speller *sp, const struct parsed_path *die, size_t count)
{
	if (count)
		spell_path(sp, span_first(die->text, die->parts.data[count - 1].end));
}

static void spell_rest(struct speller *sp, const struct parsed_path *die, size_t from)
{
	for (size_t i = from; i < die->parts.len; i++) {
		const struct component *part = &die->parts.data[i];

		if (i == 0 && part->base.len && part->base.at[0] != '{')
			text_add_n(sp->out, part->base.at, part->base.len);
		else
			spell_component(sp, part->base);
	}
}

/*
 * A legacy symbol's parameters stand for the arguments in order, which is sure only if there are as
 * many: `impl<T, F> Future for PollFn<F>` has one that neither the type nor the trait shows. Types
 * with methods of their own show all of theirs.
 */
static void check_parameters(struct names *names, struct arguments *a, struct self_type self)
{
	struct text scratch CLEANUP(text_release) = { 0 };
	struct arguments trial = *a;
	struct speller sp = { .out = &scratch, .impls = &names->impls.lookup, .arguments = &trial,
			      .in_self = true };

	if (!a->by_name || !self.trait.len)
		return;
	spell_self(&sp, self);
	if (trial.name_count != a->count)
		a->count = 0;
}

static void set_trait(struct names *names, struct name *out, struct self_type self)
{
	struct speller sp = { .out = &out->trait, .impls = &names->impls.lookup, .spelling = SPELL_KEY };

	if (self.trait.len)
		spell_type(&sp, self.trait);
}

/*
 * The component that is the trait of a default method; 0 if the function is none. The path of a
 * default body tells it by itself; that of a sync method looks as one of a type does, and is taken
 * for a trait's only if the symbol says so, or a function of the profile implements the trait.
 */
static size_t default_trait(struct names *names, const struct function *f,
			    const struct parsed_path *die, const struct parsed_path *symbol)
{
	const struct component *part = die->parts.data;
	size_t n = die->parts.len;
	struct self_type self;

	if (!n || !part[n - 1].args.len || path_default_trait(&die->parts))
		return n ? path_default_trait(&die->parts) : 0;
	if (n < 3 || part[n - 1].base.at[0] == '{' || part[n - 2].args.len)
		return 0;
	if (f->mangling == MANGLING_RUST_V0)
		return self_of_symbol(die, 1, symbol, &self) && self.trait.len ? n - 2 : 0;
	return impls_have_trait(&names->impls, span_first(die->text, part[n - 2].end)) ? n - 2 : 0;
}

/* "<shop::A as shop::Svc>" of a default method: its first argument is the type. */
static void name_default(struct names *names, struct speller *sp, const struct parsed_path *die,
			 size_t trait, struct name *out)
{
	struct arguments *arguments = sp->arguments;
	struct speller key = { .out = &out->key, .impls = &names->impls.lookup, .spelling = SPELL_KEY };
	struct self_type self = { .type = arguments->args[0],
				  .trait = span_first(die->text, die->parts.data[trait].end) };

	sp->arguments = NULL;
	spell_self(sp, self);
	sp->arguments = arguments;
	arguments->used = 1;
	spell_front(&key, die, trait + 1);
	set_trait(names, out, self);
}

static void name_by_dwarf(struct names *names, const struct function *f, struct name *out)
{
	struct parsed_path die CLEANUP(parsed_release) = parsed_path(f->path);
	struct parsed_path symbol CLEANUP(parsed_release) = parsed_path(f->demangled);
	struct arguments arguments = { .by_name = f->mangling == MANGLING_RUST_LEGACY };
	struct speller sp = { .out = &out->text, .impls = &names->impls.lookup,
			      .arguments = &arguments };
	struct speller key = { .out = &out->key, .impls = &names->impls.lookup, .spelling = SPELL_KEY };
	struct self_type self = { { NULL, 0 }, { NULL, 0 } };
	struct span own = { NULL, 0 };
	size_t front = 0;

	if (!die.parts.len)
		return;
	own = die.parts.data[die.parts.len - 1].args;
	arguments_collect(&arguments, own);
	if (find_self(f, &die, &symbol, &self, &front)) {
		sp.in_self = true;
		check_parameters(names, &arguments, self);
		spell_self(&sp, self);
		impls_self_key(&out->key, &names->impls, self,
			       is_blanket(names, self, &arguments, &out->text));
		set_trait(names, out, self);
	} else if (arguments.count && (front = default_trait(names, f, &die, &symbol))) {
		name_default(names, &sp, &die, front++, out);
	} else {
		arguments.by_name = false;
		front = die.impl < die.parts.len ? die.impl + 1 : die.parts.len - 1;
		spell_front(&sp, &die, front);
		spell_front(&key, &die, front);
	}
	sp.in_self = false;
	spell_rest(&sp, &die, front);
	spell_rest(&key, &die, front);
	add_left_arguments(&sp, own);
}

/*
 * A symbol alone: generics are left out, and all closures and bodies are "{closure}", since only
 * v0 knows the former and nothing the latter.
 */
static void name_by_symbol(struct names *names, const struct function *f, struct name *out)
{
	struct parsed_path symbol CLEANUP(parsed_release) = parsed_path(f->demangled);
	struct arguments blank = { .by_name = f->mangling == MANGLING_RUST_LEGACY, .blank = true };
	struct speller sp = { .out = &out->text, .spelling = SPELL_BARE, .arguments = &blank };
	const struct component *part = symbol.parts.data;
	struct self_type self;
	size_t from = 0;

	for (size_t i = 0; i < symbol.parts.len; i++)
		if (component_is_qualified(&part[i]))
			from = i + 1;
	if (!from) {
		spell_rest(&sp, &symbol, 0);
		text_add_n(&out->key, text_str(&out->text), out->text.len);
		return;
	}
	self = self_parse(part[from - 1].base);
	sp.in_self = true;
	spell_self(&sp, self);
	impls_self_key(&out->key, &names->impls, self, is_parameter(self.type));
	set_trait(names, out, self);
	spell_rest(&sp, &symbol, from);
	sp.out = &out->key;
	spell_rest(&sp, &symbol, from);
}

void name_function(struct names *names, const struct function *f, struct name *out)
{
	text_clear(&out->text);
	text_clear(&out->key);
	text_clear(&out->trait);
	names->impls.lookup.module = f->module;
	if (f->is_rust && f->source == SYMBOL_DWARF)
		name_by_dwarf(names, f, out);
	else if (f->is_rust && (f->source == SYMBOL_TABLE || f->source == SYMBOL_LINES))
		name_by_symbol(names, f, out);
	if (!out->text.len)
		text_add(&out->text, f->demangled);
	if (!out->key.len)
		text_add(&out->key, f->demangled);
}
