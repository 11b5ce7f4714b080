/* Function symbols of .symtab and .dynsym: sorted, one for each address, found by address. */
#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/demangle.h>
#include <aprof/text.h>

#include "lib/binary/binary_private.h"
#include "lib/binary/order.h"

struct candidate {
	struct symbol symbol;
	u8 rank; /* the higher one names the address */
	bool label; /* STT_NOTYPE: assembly's way to name a function, or a place within one */
};

struct candidates VEC(struct candidate);

static bool is_code(const struct binary *bin, u32 section)
{
	if (section >= SHN_LORESERVE)
		return section == SHN_XINDEX;
	return section && section < bin->sections.len &&
	       (bin->sections.data[section].sh_flags & SHF_EXECINSTR);
}

/* Known size before binding before whatever the name says: the choice among aliases. */
static u8 rank_of(const Elf64_Sym *sym)
{
	static const u8 by_bind[16] = { [STB_GLOBAL] = 3, [STB_GNU_UNIQUE] = 3, [STB_WEAK] = 2,
					[STB_LOCAL] = 1 };

	return (u8)((ELF64_ST_TYPE(sym->st_info) != STT_NOTYPE) << 3 | (sym->st_size != 0) << 2 |
		    by_bind[ELF64_ST_BIND(sym->st_info)]);
}

static bool wanted(const struct binary *bin, const Elf64_Sym *sym)
{
	switch (ELF64_ST_TYPE(sym->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return sym->st_shndx != SHN_UNDEF && sym->st_shndx != SHN_ABS;
	case STT_NOTYPE:
		return is_code(bin, sym->st_shndx);
	}
	return false;
}

/* ".L…" and "$x" are marks of assemblers, not functions. */
static bool is_mark(const char *name)
{
	return *name == '$' || (name[0] == '.' && name[1] == 'L');
}

/* The name at `at`; NULL if it does not end. Where the table ends in a NUL each name does. */
static const char *name_at(struct bytes at, bool table_ends)
{
	if (table_ends && bytes_left(&at))
		return (const char *)at.at;
	return bytes_cstr(&at);
}

/* Functions' names are not looked at: they are megabytes, of which a few will be shown. */
static void read_table(struct binary *bin, const Elf64_Shdr *table, struct candidates *out)
{
	struct bytes b = section_bytes(bin, table);
	struct bytes names;
	bool ends;

	if (table->sh_link >= bin->sections.len || table->sh_entsize != sizeof(Elf64_Sym))
		return;
	names = section_bytes(bin, &bin->sections.data[table->sh_link]);
	ends = bytes_left(&names) && names.end[-1] == '\0';
	while (bytes_left(&b) >= sizeof(Elf64_Sym)) {
		struct bytes at = names;
		const char *name;
		Elf64_Sym sym;
		bool label;

		memcpy(&sym, bytes_take(&b, sizeof sym), sizeof sym);
		if (!wanted(bin, &sym) || !sym.st_name || !bytes_skip(&at, sym.st_name))
			continue;
		name = name_at(at, ends);
		label = ELF64_ST_TYPE(sym.st_info) == STT_NOTYPE;
		if (!name || (label && is_mark(name)))
			continue;
		*vec_push(out) = (struct candidate){
			.symbol = { .vaddr = sym.st_value, .size = sym.st_size, .name = name },
			.rank = rank_of(&sym),
			.label = label,
		};
	}
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

/* The candidates of one address: the best is kept, labels only where no function reaches. */
static void keep_best(struct binary *bin, const struct candidates *all, const struct order_key *keys,
		      size_t count, u64 *covered)
{
	const struct candidate *best = &all->data[keys[0].index];
	struct symbol *kept;
	u64 end;

	for (size_t i = 1; i < count; i++)
		if (is_better(&all->data[keys[i].index], best))
			best = &all->data[keys[i].index];
	end = best->symbol.vaddr + best->symbol.size;
	if ((best->label && best->symbol.vaddr < *covered) || end < best->symbol.vaddr)
		return;
	if (!best->label && end > *covered)
		*covered = end;
	kept = vec_push(&bin->symbols);
	*kept = best->symbol;
	for (size_t i = 0; count > 1 && i < count && !kept->shared; i++)
		kept->shared = is_another(kept, all->data[keys[i].index].symbol.name);
}

static void choose(struct binary *bin, const struct candidates *all)
{
	struct order_key *keys = xcalloc(all->len + 1, sizeof *keys);
	u64 covered = 0; /* functions seen so far end here */

	for (u32 i = 0; i < all->len; i++)
		keys[i] = (struct order_key){ all->data[i].symbol.vaddr, i };
	order_by_address(keys, all->len);
	vec_reserve(&bin->symbols, all->len);
	for (size_t first = 0, end; first < all->len; first = end) {
		for (end = first + 1; end < all->len && keys[end].address == keys[first].address;)
			end++;
		keep_best(bin, all, keys + first, end - first, &covered);
	}
	free(keys);
}

/* Functions may lie within others; symbols are sorted, so a stack of open ones shows each its own. */
static void find_enclosing(struct binary *bin)
{
	const struct symbol *s = bin->symbols.data;

	bin->enclosing = xcalloc(bin->symbols.len + 1, sizeof *bin->enclosing);
	for (u32 i = 1; i < bin->symbols.len; i++) {
		u32 open = i;

		while (open && s[open - 1].vaddr + s[open - 1].size <= s[i].vaddr)
			open = bin->enclosing[open - 1];
		bin->enclosing[i] = open;
	}
}

static bool is_table(const Elf64_Shdr *section)
{
	return section->sh_type == SHT_SYMTAB || section->sh_type == SHT_DYNSYM;
}

u64 binary_symbols_size(const struct binary *bin)
{
	u64 size = 0;

	vec_each(&bin->sections, s) {
		struct bytes table = section_bytes(bin, s);

		size += is_table(s) ? bytes_left(&table) : 0;
	}
	return size;
}

static void build(struct binary *bin)
{
	struct candidates all = { 0 };

	vec_each(&bin->sections, s)
		if (is_table(s))
			read_table(bin, s, &all);
	choose(bin, &all);
	find_enclosing(bin);
	vec_release(&all);
}

/* By whoever comes first: two threads may want them. */
static void build_once(struct binary *bin)
{
	pthread_mutex_lock(&bin->lock);
	if (!bin->symbols_done) {
		build(bin);
		__atomic_store_n(&bin->symbols_done, true, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&bin->lock);
}

size_t binary_symbols(struct binary *bin, const struct symbol **out)
{
	if (!__atomic_load_n(&bin->symbols_done, __ATOMIC_ACQUIRE))
		build_once(bin);
	*out = bin->symbols.data;
	return bin->symbols.len;
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
	const struct symbol *s;
	size_t count = binary_symbols(bin, &s), lo = 0, hi = count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s[mid].vaddr <= vaddr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo && !s[lo - 1].size)
		return same_section(bin, s[lo - 1].vaddr, vaddr) ? &s[lo - 1] : NULL;
	for (; lo; lo = bin->enclosing[lo - 1])
		if (vaddr - s[lo - 1].vaddr < s[lo - 1].size)
			return &s[lo - 1];
	return NULL;
}
