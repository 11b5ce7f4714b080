/* Making functions: which are the same, and what they are called. */
#include "report/symbols/names.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

void names_init(struct names *names)
{
	*names = (struct names){ 0 };
	intern_init(&names->keys);
	intern_init(&names->files);
}

void names_release(struct names *names)
{
	vec_release(&names->functions);
	for (size_t i = 0; i < names->block_count; i++)
		arena_release(&names->blocks[i]);
	free(names->blocks);
	intern_release(&names->keys);
	intern_release(&names->files);
	arena_release(&names->arena);
	text_release(&names->key);
}

const char *names_file(struct names *names, const char *file)
{
	return file ? intern_text(&names->files, intern_id(&names->files, file)) : NULL;
}

static void add_key(struct names *names, const void *part, size_t size)
{
	text_add_n(&names->key, part, size);
}

static void add_key_text(struct names *names, const char *s)
{
	/* The NUL too: parts do not run into each other, and NULL is not "". */
	if (s)
		add_key(names, s, strlen(s) + 1);
	else
		add_key(names, "\1", 2);
}

/* True if a function of this key is there already; *f is its place, id set. */
static bool find(struct names *names, struct function **f)
{
	u32 id = intern_bytes(&names->keys, names->key.at, names->key.len);

	if (id < names->functions.len) {
		*f = &names->functions.data[id];
		return true;
	}
	*f = vec_push(&names->functions);
	**f = (struct function){ .id = id };
	return false;
}

static const char *keep(struct names *names, const char *s)
{
	return s ? arena_strdup(&names->arena, s) : NULL;
}

static bool is_rust_mangling(enum mangling mangling)
{
	return mangling == MANGLING_RUST_LEGACY || mangling == MANGLING_RUST_V0;
}

bool names_is_bare(const struct dwarf_function *f)
{
	return !f->linkage && !f->line && f->path == f->name &&
	       (f->language == DW_LANG_Rust || f->language == DW_LANG_C_plus_plus ||
		f->language == DW_LANG_C_plus_plus_11 || f->language == DW_LANG_C_plus_plus_14);
}

u32 names_dwarf(struct names *names, u32 module, const struct dwarf_function *d,
		const char *symbol, bool shared)
{
	const char *linkage = d->linkage ? d->linkage : symbol;
	const char *name = d->name ? d->name : linkage ? linkage : "[unnamed]";
	const char *path = d->path ? d->path : name;
	struct function *f;

	text_clear(&names->key);
	add_key(names, &module, sizeof module);
	add_key(names, &d->line, sizeof d->line);
	add_key(names, &shared, sizeof shared);
	add_key_text(names, path);
	add_key_text(names, linkage);
	add_key_text(names, d->file);
	if (find(names, &f))
		return f->id;
	f->module = module;
	f->source = names_is_bare(d) ? SYMBOL_LINES : SYMBOL_DWARF;
	f->shared = shared;
	f->linkage = keep(names, linkage);
	f->mangling = linkage ? mangling_of(linkage) : MANGLING_NONE;
	f->is_rust = d->language ? d->language == DW_LANG_Rust : is_rust_mangling(f->mangling);
	f->path = keep(names, path);
	/* The path ends in the name, but for functions that only have a linkage name. */
	f->name = d->name ? f->path + (strlen(path) - strlen(name)) : keep(names, name);
	f->file = names_file(names, d->file);
	f->line = d->line;
	f->demangled = f->mangling != MANGLING_NONE ? NULL : f->path;
	return f->id;
}

u32 names_symbol(struct names *names, u32 module, enum symbol_source source, const char *symbol)
{
	struct function *f;

	text_clear(&names->key);
	add_key(names, &module, sizeof module);
	add_key(names, &source, sizeof source);
	add_key_text(names, symbol);
	if (find(names, &f))
		return f->id;
	f->module = module;
	f->source = source;
	f->mangling = mangling_of(symbol);
	f->is_rust = is_rust_mangling(f->mangling);
	f->linkage = keep(names, symbol);
	return f->id;
}

u32 names_text(struct names *names, u32 module, enum symbol_source source, const char *text)
{
	struct function *f;

	text_clear(&names->key);
	add_key(names, &module, sizeof module);
	add_key(names, &source, sizeof source);
	add_key_text(names, text);
	if (find(names, &f))
		return f->id;
	f->module = module;
	f->source = source;
	f->name = f->path = f->demangled = keep(names, text);
	return f->id;
}

static const char *packed_text(const struct packed_names *from, u32 id)
{
	return id == NO_ID ? NULL : from->strings.data[id];
}

u32 names_packed(struct names *names, u32 module, const struct packed_names *from,
		 const struct packed_function *p)
{
	const char *linkage = packed_text(from, p->linkage);
	const char *name = packed_text(from, p->name);
	const char *path = packed_text(from, p->path);
	struct function *f;

	name = name ? name : "[unnamed]";
	path = path ? path : name;
	text_clear(&names->key);
	add_key(names, &module, sizeof module);
	add_key(names, &p->source, sizeof p->source);
	add_key(names, &p->shared, sizeof p->shared);
	add_key(names, &p->line, sizeof p->line);
	add_key_text(names, path);
	add_key_text(names, linkage);
	add_key_text(names, packed_text(from, p->file));
	if (find(names, &f))
		return f->id;
	f->module = module;
	f->source = (enum symbol_source)p->source;
	f->linkage = keep(names, linkage);
	f->mangling = linkage ? mangling_of(linkage) : MANGLING_NONE;
	f->is_rust = p->is_rust;
	f->shared = p->shared;
	f->path = keep(names, path);
	f->name = keep(names, name);
	f->file = names_file(names, packed_text(from, p->file));
	f->line = p->line;
	f->demangled = f->mangling != MANGLING_NONE ? NULL : f->path;
	return f->id;
}

/* ---- demangling ---- */

#define BLOCK 256 /* functions */

static void demangle_block(void *arg, size_t block)
{
	struct names *names = arg;
	size_t first = block * BLOCK, count = names->functions.len;

	for (size_t i = first; i < count && i - first < BLOCK; i++) {
		struct function *f = &names->functions.data[i];
		char *text;

		if (f->demangled)
			continue;
		text = demangle(f->linkage);
		f->demangled = arena_strdup(&names->blocks[block], text);
		free(text);
		if (!f->name)
			f->name = f->path = f->demangled;
	}
}

void names_demangle(struct names *names, struct crew *crew)
{
	names->block_count = (names->functions.len + BLOCK - 1) / BLOCK;
	names->blocks = xcalloc(names->block_count + 1, sizeof *names->blocks);
	crew_each(crew, demangle_block, names, names->block_count);
}
