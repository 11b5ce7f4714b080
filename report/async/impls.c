/* Collects what the symbols of a profile's functions say of the implementations they are in. */
#include "report/async/impls.h"

#include <stdlib.h>

#include <aprof/cleanup.h>
#include <aprof/text.h>

static struct text prefix_key(u32 module, struct span path)
{
	struct text key = { 0 };

	text_printf(&key, "%u:", module);
	text_add_n(&key, path.at, path.len);
	return key;
}

void parsed_release(struct parsed_path *p)
{
	vec_release(&p->parts);
}

struct parsed_path parsed_path(const char *path)
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

bool self_of_symbol(const struct parsed_path *die, size_t behind,
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

void impls_self_key(struct text *out, const struct impls *impls,
		     struct self_type self, bool blanket)
{
	struct speller sp = { .out = out, .impls = &impls->lookup, .spelling = SPELL_KEY,
			      .in_self = true };

	spell_self_key(&sp, self, blanket);
}

static void add_trait(struct impls *impls, u32 module, struct span trait)
{
	size_t bare = span_find(trait, 0, "<");
	struct text key CLEANUP(text_release) = prefix_key(module, span_first(trait, bare));

	if (trait.len)
		intern_bytes(&impls->traits, text_str(&key), key.len);
}

/* What a function's symbol says of its implementation, the first to do so. */
static void add_impl_of(struct impls *impls, const struct function *f, const struct parsed_path *die,
			const struct text *prefix)
{
	struct parsed_path symbol CLEANUP(parsed_release) = parsed_path(f->demangled);
	struct text text = { 0 }, key = { 0 };
	struct arguments blank = { .by_name = f->mangling == MANGLING_RUST_LEGACY, .blank = true };
	struct speller sp = { .out = &text, .spelling = SPELL_BARE, .impls = &impls->lookup,
			      .arguments = &blank, .in_self = true };
	struct self_type self;

	if (!self_of_symbol(die, die->parts.len - 1 - die->impl, &symbol, &self))
		return;
	add_trait(impls, f->module, self.trait);
	intern_bytes(&impls->prefixes, text_str(prefix), prefix->len);
	arguments_collect(&blank, die->parts.data[die->parts.len - 1].args);
	spell_self(&sp, self);
	impls_self_key(&key, impls, self, starts_with(text_str(&text), "<_ "));
	*vec_push(&impls->list) =
		(struct impl_name){ .text = text_take(&text), .key = text_take(&key) };
}

/* Symbols are kilobytes: most are of implementations that are known, and need not be read. */
static void add_impl(struct impls *impls, const struct function *f)
{
	struct parsed_path die CLEANUP(parsed_release) = parsed_path(f->path);
	struct text prefix CLEANUP(text_release) = { 0 };

	if (die.impl == die.parts.len)
		return;
	prefix = prefix_key(f->module, span_first(die.text, die.parts.data[die.impl].end));
	if (intern_find(&impls->prefixes, text_str(&prefix), prefix.len) == NO_ID)
		add_impl_of(impls, f, &die, &prefix);
}

bool has_linkage(const struct function *f)
{
	return f->linkage && f->demangled && f->mangling != MANGLING_NONE;
}

void impls_collect(struct impls *impls)
{
	struct impl_names asked = impls->lookup;

	if (impls->collected)
		return;
	impls->collected = true;
	impls->lookup.memo = NULL; /* what is spelled while not all are known is not for others */
	for (u32 i = 0; i < impls->symbols->function_count; i++) {
		const struct function *f = &impls->symbols->functions[i];

		impls->lookup.module = f->module;
		if (f->source == SYMBOL_DWARF && f->is_rust && has_linkage(f) &&
		    strstr(f->path, "{impl#"))
			add_impl(impls, f);
	}
	impls->lookup = asked;
}

static const char *find_impl(void *arg, struct span path, enum spelling spelling)
{
	struct impls *impls = arg;
	struct text prefix CLEANUP(text_release) = prefix_key(impls->lookup.module, path);
	u32 id;

	impls_collect(impls);
	id = intern_find(&impls->prefixes, text_str(&prefix), prefix.len);
	if (id >= impls->list.len)
		return NULL;
	return spelling == SPELL_LOGICAL || spelling == SPELL_BARE ? impls->list.data[id].text :
								     impls->list.data[id].key;
}

bool impls_have_trait(struct impls *impls, struct span trait)
{
	struct text key CLEANUP(text_release) = prefix_key(impls->lookup.module, trait);

	impls_collect(impls);
	return intern_find(&impls->traits, text_str(&key), key.len) != NO_ID;
}

void impls_init(struct impls *impls, const struct symbols *symbols)
{
	*impls = (struct impls){ .symbols = symbols, .lookup = { .find = find_impl, .arg = impls } };
	intern_init(&impls->prefixes);
	intern_init(&impls->traits);
}

void impls_share(struct impls *share, struct impls *impls)
{
	*share = *impls;
	share->lookup.arg = share;
}

void impls_release(struct impls *impls)
{
	vec_each(&impls->list, impl) {
		free(impl->text);
		free(impl->key);
	}
	vec_release(&impls->list);
	intern_release(&impls->prefixes);
	intern_release(&impls->traits);
}
