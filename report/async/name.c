/* Logical names from DIE paths, with what is hidden there taken from the mangled name. */
#include "report/async/name.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/intern.h>

#include "report/async/spell.h"

/* What stands behind one "{impl#N}" of one module. */
struct impl_name {
	char *text; /* "<shop::A as shop::Svc>", "shop::Server": without arguments */
	char *key;
};

struct names {
	const struct symbols *symbols;
	struct intern prefixes; /* "MODULE:shop::{impl#4}" */
	struct VEC(struct impl_name) impls; /* by id in prefixes */
	struct intern traits; /* "MODULE:shop::Svc": what functions of this profile implement */
	bool collected;
	u32 module; /* of the function that is being named */
	struct impl_names lookup;
};

void name_release(struct name *name)
{
	text_release(&name->text);
	text_release(&name->key);
	text_release(&name->trait);
}

static struct text prefix_key(u32 module, struct span path)
{
	struct text key = { 0 };

	text_printf(&key, "%u:", module);
	text_add_n(&key, path.at, path.len);
	return key;
}

/* The components of a path, and where its last "{impl#N}" stands. */
struct parsed_path {
	struct span text;
	struct component_vec parts;
	size_t impl; /* index; parts.len if there is none */
};

static void parsed_release(struct parsed_path *p)
{
	vec_release(&p->parts);
}

static struct parsed_path parse(const char *path)
{
	struct parsed_path p = { .text = span_of(path) };

	path_parse(p.text, &p.parts);
	p.impl = p.parts.len;
	for (size_t i = 0; i < p.parts.len; i++)
		if (component_is_impl(&p.parts.data[i]))
			p.impl = i;
	return p;
}

/* Components of a symbol that debug information has no scope for. */
static bool is_shim(const struct component *c)
{
	return span_starts(c->base, "{shim:") || span_starts(c->base, "{{vtable.shim}}");
}

/* Do a component of a DIE path and one of a symbol stand for the same scope? */
static bool same_scope(const struct component *die, const struct component *symbol)
{
	if (die->base.len && die->base.at[0] == '{')
		return symbol->base.len && symbol->base.at[0] == '{';
	return die->base.len == symbol->base.len &&
	       memcmp(die->base.at, symbol->base.at, die->base.len) == 0;
}

/*
 * The Self of a method: what is left of a symbol when as many scopes are taken off its end as the
 * DIE path has behind its implementation. False if they do not match.
 */
static bool self_of_symbol(const struct parsed_path *die, size_t behind,
			   const struct parsed_path *symbol, struct self_type *self)
{
	size_t n = symbol->parts.len;
	const struct component *part = symbol->parts.data;

	while (n && is_shim(&part[n - 1]))
		n--;
	if (n <= behind)
		return false;
	for (size_t i = 1; i <= behind; i++)
		if (!same_scope(&die->parts.data[die->parts.len - i], &part[n - i]))
			return false;
	part += n - behind - 1;
	if (component_is_qualified(part))
		*self = self_parse(part->base);
	else
		*self = (struct self_type){ .type = span_first(symbol->text, part->end) };
	return self->type.len != 0;
}

static void key_of_self(struct text *out, struct names *names, struct self_type self, bool blanket)
{
	struct speller sp = { .out = out, .impls = &names->lookup, .spelling = SPELL_KEY,
			      .in_self = true };

	spell_self_key(&sp, self, blanket);
}

static void collect_arguments(struct arguments *a, struct span args)
{
	struct span arg;

	while (a->count < ARRAY_LEN(a->args) && span_next(&args, ",", &arg))
		if (!argument_is_lifetime(arg))
			a->args[a->count++] = arg;
}

static void add_trait(struct names *names, u32 module, struct span trait)
{
	size_t bare = span_find(trait, 0, "<");
	struct text key CLEANUP(text_release) = prefix_key(module, span_first(trait, bare));

	if (trait.len)
		intern_bytes(&names->traits, text_str(&key), key.len);
}

static void add_impl(struct names *names, const struct function *f)
{
	struct parsed_path die CLEANUP(parsed_release) = parse(f->path);
	struct parsed_path symbol CLEANUP(parsed_release) = parse(f->demangled);
	struct text prefix CLEANUP(text_release) = { 0 };
	struct text text = { 0 }, key = { 0 };
	struct arguments blank = { .by_name = f->mangling == MANGLING_RUST_LEGACY, .blank = true };
	struct speller sp = { .out = &text, .spelling = SPELL_BARE, .impls = &names->lookup,
			      .arguments = &blank, .in_self = true };
	struct self_type self;
	u32 id;

	if (die.impl == die.parts.len ||
	    !self_of_symbol(&die, die.parts.len - 1 - die.impl, &symbol, &self))
		return;
	add_trait(names, f->module, self.trait);
	prefix = prefix_key(f->module, span_first(die.text, die.parts.data[die.impl].end));
	id = intern_bytes(&names->prefixes, text_str(&prefix), prefix.len);
	if (id < names->impls.len)
		return;
	collect_arguments(&blank, die.parts.data[die.parts.len - 1].args);
	spell_self(&sp, self);
	key_of_self(&key, names, self, starts_with(text_str(&text), "<_ "));
	*vec_push(&names->impls) =
		(struct impl_name){ .text = text_take(&text), .key = text_take(&key) };
}

static bool has_linkage(const struct function *f)
{
	return f->linkage && f->demangled && f->mangling != MANGLING_NONE;
}

/* Types of other functions' arguments need all implementations: collected when first asked for. */
static void collect_impls(struct names *names)
{
	names->collected = true;
	for (u32 i = 0; i < names->symbols->function_count; i++) {
		const struct function *f = &names->symbols->functions[i];

		if (f->source == SYMBOL_DWARF && f->is_rust && has_linkage(f) &&
		    strstr(f->path, "{impl#"))
			add_impl(names, f);
	}
}

static void need_impls(struct names *names)
{
	if (!names->collected)
		collect_impls(names);
}

static const char *find_impl(void *arg, struct span path, enum spelling spelling)
{
	struct names *names = arg;
	struct text prefix CLEANUP(text_release) = prefix_key(names->module, path);
	u32 id;

	need_impls(names);
	id = intern_find(&names->prefixes, text_str(&prefix), prefix.len);
	if (id >= names->impls.len)
		return NULL;
	return spelling == SPELL_LOGICAL || spelling == SPELL_BARE ? names->impls.data[id].text :
								     names->impls.data[id].key;
}

struct names *names_new(const struct symbols *symbols)
{
	struct names *names = xzalloc(sizeof *names);

	names->symbols = symbols;
	intern_init(&names->prefixes);
	intern_init(&names->traits);
	names->lookup = (struct impl_names){ find_impl, names };
	return names;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	vec_each(&names->impls, impl) {
		free(impl->text);
		free(impl->key);
	}
	vec_release(&names->impls);
	intern_release(&names->prefixes);
	intern_release(&names->traits);
	free(names);
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
	struct speller sp = { .out = &first, .impls = &names->lookup };

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
	struct speller sp = { .out = &scratch, .impls = &names->lookup, .arguments = &trial,
			      .in_self = true };

	if (!a->by_name || !self.trait.len)
		return;
	spell_self(&sp, self);
	if (trial.name_count != a->count)
		a->count = 0;
}

static void set_trait(struct names *names, struct name *out, struct self_type self)
{
	struct speller sp = { .out = &out->trait, .impls = &names->lookup, .spelling = SPELL_KEY };

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
	struct text key CLEANUP(text_release) = { 0 };

	if (!n || !part[n - 1].args.len || path_default_trait(&die->parts))
		return n ? path_default_trait(&die->parts) : 0;
	if (n < 3 || part[n - 1].base.at[0] == '{' || part[n - 2].args.len)
		return 0;
	if (f->mangling == MANGLING_RUST_V0)
		return self_of_symbol(die, 1, symbol, &self) && self.trait.len ? n - 2 : 0;
	need_impls(names);
	key = prefix_key(names->module, span_first(die->text, part[n - 2].end));
	return intern_find(&names->traits, text_str(&key), key.len) != NO_ID ? n - 2 : 0;
}

/* "<shop::A as shop::Svc>" of a default method: its first argument is the type. */
static void name_default(struct names *names, struct speller *sp, const struct parsed_path *die,
			 size_t trait, struct name *out)
{
	struct arguments *arguments = sp->arguments;
	struct speller key = { .out = &out->key, .impls = &names->lookup, .spelling = SPELL_KEY };
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
	struct parsed_path die CLEANUP(parsed_release) = parse(f->path);
	struct parsed_path symbol CLEANUP(parsed_release) = parse(f->demangled);
	struct arguments arguments = { .by_name = f->mangling == MANGLING_RUST_LEGACY };
	struct speller sp = { .out = &out->text, .impls = &names->lookup,
			      .arguments = &arguments };
	struct speller key = { .out = &out->key, .impls = &names->lookup, .spelling = SPELL_KEY };
	struct self_type self = { { NULL, 0 }, { NULL, 0 } };
	struct span own = { NULL, 0 };
	size_t front = 0;

	if (!die.parts.len)
		return;
	own = die.parts.data[die.parts.len - 1].args;
	collect_arguments(&arguments, own);
	if (find_self(f, &die, &symbol, &self, &front)) {
		sp.in_self = true;
		check_parameters(names, &arguments, self);
		spell_self(&sp, self);
		key_of_self(&out->key, names, self,
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
	struct parsed_path symbol CLEANUP(parsed_release) = parse(f->demangled);
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
	key_of_self(&out->key, names, self, is_parameter(self.type));
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
	names->module = f->module;
	if (f->is_rust && f->source == SYMBOL_DWARF)
		name_by_dwarf(names, f, out);
	else if (f->is_rust && (f->source == SYMBOL_TABLE || f->source == SYMBOL_LINES))
		name_by_symbol(names, f, out);
	if (!out->text.len)
		text_add(&out->text, f->demangled);
	if (!out->key.len)
		text_add(&out->key, f->demangled);
}
