/* Function symbols of .symtab and .dynsym: one for each address, found by address. */
#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/demangle.h>
#include <aprof/text.h>

#include "lib/binary/binary_private.h"

struct candidate {
	struct symbol symbol;
	u32 rank;
};

static struct candidate candidate_of(const struct symbol_index *index, u32 number)
{
	struct candidate c = { 0 };
	Elf64_Sym symbol;

	c.symbol.name = symbol_index_read(index, number, &symbol);
	c.symbol.vaddr = symbol.st_value;
	c.symbol.size = symbol.st_size;
	c.rank = symbol_rank(&symbol);
	return c;
}

static size_t underscores(const char *name)
{
	size_t n = 0;

	while (name[n] == '_')
		n++;
	return n;
}

/* Among aliases the one to keep, whatever the order in the file. */
static bool is_better(const struct candidate *x, const struct candidate *y)
{
	size_t ux, uy;

	if (x->rank != y->rank)
		return x->rank > y->rank;
	if (x->symbol.size != y->symbol.size)
		return x->symbol.size > y->symbol.size;
	ux = underscores(x->symbol.name);
	uy = underscores(y->symbol.name);
	if (ux != uy)
		return ux < uy;
	return strcmp(x->symbol.name, y->symbol.name) < 0;
}

static bool is_rust(const char *name)
{
	enum mangling mangling = mangling_of(name);

	return mangling == MANGLING_RUST_LEGACY || mangling == MANGLING_RUST_V0;
}

/*
 * Two Rust functions at one address have identical code, and one is kept (LLVM's MergeFunctions
 * leaves an alias, --icf both symbols). C's aliases are names of one function; so is "f.llvm.1".
 */
static bool is_another(const struct symbol *kept, const char *name)
{
	return !starts_with(kept->name, name) && !starts_with(name, kept->name) &&
	       is_rust(kept->name) && is_rust(name);
}

static struct symbol best_alias(const struct symbol_index *index, const u32 *numbers)
{
	struct candidate best = candidate_of(index, numbers[0] & ~SYMBOL_LAST);

	for (size_t i = 1; !(numbers[i - 1] & SYMBOL_LAST); i++) {
		struct candidate c = candidate_of(index, numbers[i] & ~SYMBOL_LAST);

		if (is_better(&c, &best))
			best = c;
	}
	for (size_t i = 0; !best.symbol.shared; i++) {
		struct candidate c = candidate_of(index, numbers[i] & ~SYMBOL_LAST);

		best.symbol.shared = is_another(&best.symbol, c.symbol.name);
		if (numbers[i] & SYMBOL_LAST)
			break;
	}
	return best.symbol;
}

static struct symbol make(const struct symbol_index *index, size_t entry)
{
	u32 number = index->entries.data[entry].index;

	if (number & SYMBOL_ALIASES)
		return best_alias(index, &index->aliases.data[number & ~SYMBOL_ALIASES]);
	return candidate_of(index, number).symbol;
}

/* With the lock held. */
static const struct symbol *made_symbol(struct binary *bin, size_t entry)
{
	struct symbol *symbol = bin->symbols[entry];

	if (!symbol) {
		symbol = arena_alloc(&bin->symbol_arena, sizeof *symbol);
		*symbol = make(&bin->symbol_index, entry);
		__atomic_store_n(&bin->symbols[entry], symbol, __ATOMIC_RELEASE);
	}
	return symbol;
}

/* The symbol of an entry; made by whoever asks for it first. */
static const struct symbol *symbol_of(struct binary *bin, size_t entry)
{
	const struct symbol *symbol = __atomic_load_n(&bin->symbols[entry], __ATOMIC_ACQUIRE);

	if (symbol)
		return symbol;
	pthread_mutex_lock(&bin->symbols_lock);
	symbol = made_symbol(bin, entry);
	pthread_mutex_unlock(&bin->symbols_lock);
	return symbol;
}

/* By whoever comes first: two threads may want them. */
void binary_sort_symbols(struct binary *bin)
{
	if (__atomic_load_n(&bin->symbols_sorted, __ATOMIC_ACQUIRE))
		return;
	pthread_mutex_lock(&bin->symbols_lock);
	if (!bin->symbols_sorted) {
		symbol_index_build(&bin->symbol_index, bin);
		bin->symbols = xcalloc(bin->symbol_index.entries.len + 1, sizeof *bin->symbols);
		__atomic_store_n(&bin->symbols_sorted, true, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&bin->symbols_lock);
}

u64 binary_symbols_size(const struct binary *bin)
{
	u64 size = 0;

	vec_each(&bin->sections, s)
		if (s->sh_type == SHT_SYMTAB || s->sh_type == SHT_DYNSYM)
			size += s->sh_size;
	return size;
}

size_t binary_symbols(struct binary *bin, const struct symbol **out)
{
	size_t count;

	binary_sort_symbols(bin);
	count = bin->symbol_index.entries.len;
	pthread_mutex_lock(&bin->symbols_lock);
	for (size_t i = bin->all_symbols.len; i < count; i++)
		*vec_push(&bin->all_symbols) = *made_symbol(bin, i);
	pthread_mutex_unlock(&bin->symbols_lock);
	*out = bin->all_symbols.data;
	return count;
}

/* A symbol without a size does not reach beyond its section. */
static bool same_section(const struct binary *bin, u64 a, u64 b)
{
	vec_each(&bin->sections, s)
		if (s->sh_flags & SHF_EXECINSTR && a - s->sh_addr < s->sh_size)
			return b - s->sh_addr < s->sh_size;
	return true;
}

const struct symbol *binary_symbol_at(struct binary *bin, u64 vaddr)
{
	const struct order_key *entries;
	size_t at;

	binary_sort_symbols(bin);
	entries = bin->symbol_index.entries.data;
	at = symbol_index_until(&bin->symbol_index, vaddr);
	if (at && !entries[at - 1].size)
		return same_section(bin, entries[at - 1].address, vaddr) ? symbol_of(bin, at - 1) :
									   NULL;
	for (; at; at = bin->symbol_index.enclosing[at - 1])
		if (vaddr - entries[at - 1].address < entries[at - 1].size)
			return symbol_of(bin, at - 1);
	return NULL;
}
