/* Reading, sorting and grouping symbols by their addresses. */
#include "lib/binary/symbol_index.h"

#include <stdlib.h>

#include <aprof/alloc.h>

#include "lib/binary/binary_private.h"

/* While they are sorted, symbols carry their rank above their number. */
#define RANK_SHIFT 28
#define NUMBER_MASK ((1u << RANK_SHIFT) - 1)

static bool is_code(const struct binary *bin, u32 section)
{
	if (section >= SHN_LORESERVE)
		return section == SHN_XINDEX;
	return section && section < bin->sections.len &&
	       (bin->sections.data[section].sh_flags & SHF_EXECINSTR);
}

u32 symbol_rank(const Elf64_Sym *symbol)
{
	static const u8 by_bind[16] = { [STB_GLOBAL] = 3, [STB_GNU_UNIQUE] = 3, [STB_WEAK] = 2,
					[STB_LOCAL] = 1 };

	return (ELF64_ST_TYPE(symbol->st_info) != STT_NOTYPE ? SYMBOL_RANK_FUNCTION : 0) |
	       (symbol->st_size ? 4u : 0) | by_bind[ELF64_ST_BIND(symbol->st_info)];
}

/* ".L…" and "$x" are marks of assemblers, not functions. */
static bool is_mark(const char *name)
{
	return *name == '$' || (name[0] == '.' && name[1] == 'L');
}

/* NULL if it has none, or one that does not end. */
static const char *name_of(const struct symbol_table *table, const Elf64_Sym *symbol)
{
	if (!symbol->st_name || symbol->st_name >= bytes_left(&table->names))
		return NULL;
	return (const char *)table->names.at + symbol->st_name;
}

static struct bytes up_to_last_nul(struct bytes names)
{
	const u8 *last = memrchr(names.at, '\0', bytes_left(&names));

	return bytes_of(names.at, last ? (size_t)(last + 1 - names.at) : 0);
}

/* Of functions' names only the place is looked at. */
static bool is_wanted(const struct binary *bin, const struct symbol_table *table,
		      const Elf64_Sym *symbol)
{
	const char *name;

	if (symbol->st_value + symbol->st_size < symbol->st_value)
		return false;
	switch (ELF64_ST_TYPE(symbol->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS &&
		       name_of(table, symbol);
	case STT_NOTYPE:
		if (!is_code(bin, symbol->st_shndx))
			return false;
		name = name_of(table, symbol);
		return name && !is_mark(name);
	}
	return false;
}

static Elf64_Sym symbol_at(const u8 *at)
{
	Elf64_Sym symbol;

	memcpy(&symbol, at, sizeof symbol);
	return symbol;
}

static size_t symbols_in(const struct symbol_table *table)
{
	return bytes_left(&table->symbols) / sizeof(Elf64_Sym);
}

/* False for what is no table of symbols, and for more symbols than fit into the file, or have numbers. */
static bool table_init(struct symbol_table *table, const struct binary *bin,
		       const Elf64_Shdr *section, u32 first)
{
	size_t most = u64_min(bin->size / sizeof(Elf64_Sym), NUMBER_MASK);

	if ((section->sh_type != SHT_SYMTAB && section->sh_type != SHT_DYNSYM) ||
	    section->sh_link >= bin->sections.len || section->sh_entsize != sizeof(Elf64_Sym))
		return false;
	table->symbols = section_bytes(bin, section);
	table->names = up_to_last_nul(
		section_bytes(bin, &bin->sections.data[section->sh_link]));
	table->first = first;
	return symbols_in(table) && symbols_in(table) <= most - first;
}

static void read_table(struct symbol_index *index, const struct binary *bin,
		       const struct symbol_table *table)
{
	const u8 *at = table->symbols.at;

	for (u32 i = 0; i < symbols_in(table); i++, at += sizeof(Elf64_Sym)) {
		Elf64_Sym symbol = symbol_at(at);

		if (is_wanted(bin, table, &symbol))
			*vec_push(&index->entries) = (struct order_key){
				.address = symbol.st_value,
				.index = symbol_rank(&symbol) << RANK_SHIFT | (table->first + i),
				.size = (u32)u64_min(symbol.st_size, UINT32_MAX),
			};
	}
}

static void read_tables(struct symbol_index *index, const struct binary *bin)
{
	size_t total = 0;

	vec_each(&bin->sections, section) {
		struct symbol_table table;

		if (!table_init(&table, bin, section, (u32)total))
			continue;
		*vec_push(&index->tables) = table;
		total += symbols_in(&table);
	}
	vec_reserve(&index->entries, total);
	vec_each(&index->tables, table)
		read_table(index, bin, table);
}

/* ---- one entry for each address ---- */

static bool is_better(const struct order_key *x, const struct order_key *y)
{
	u32 rx = x->index >> RANK_SHIFT, ry = y->index >> RANK_SHIFT;

	return rx != ry ? rx > ry : x->size > y->size;
}

/* The entry of some symbols of one address: which of the best names it, their names say. */
static struct order_key entry_of(struct symbol_index *index, const struct order_key *keys,
				 size_t count)
{
	struct order_key entry = keys[0];

	for (size_t i = 1; i < count; i++)
		if (is_better(&keys[i], &entry))
			entry = keys[i];
	if (count == 1)
		return entry;
	entry.index = (entry.index & ~NUMBER_MASK) | (u32)index->aliases.len;
	for (size_t i = 0; i < count; i++)
		*vec_push(&index->aliases) = (keys[i].index & NUMBER_MASK) |
					     (i + 1 == count ? SYMBOL_LAST : 0);
	return entry;
}

/* In the place of the keys: labels are kept only where no function reaches. */
static void group(struct symbol_index *index)
{
	struct order_key *keys = index->entries.data;
	size_t count = index->entries.len, kept = 0;
	u64 covered = 0; /* functions seen so far end here */

	for (size_t first = 0, end; first < count; first = end) {
		struct order_key entry;
		bool label;

		for (end = first + 1; end < count && keys[end].address == keys[first].address;)
			end++;
		entry = entry_of(index, keys + first, end - first);
		label = !(entry.index >> RANK_SHIFT & SYMBOL_RANK_FUNCTION);
		if (label && entry.address < covered)
			continue;
		if (!label)
			covered = u64_max(covered, entry.address + entry.size);
		entry.index = (entry.index & NUMBER_MASK) | (end - first > 1 ? SYMBOL_ALIASES : 0);
		keys[kept++] = entry;
	}
	index->entries.len = kept;
}

/* Functions may lie within others; entries are sorted, so a stack of open ones shows each its own. */
static void find_enclosing(struct symbol_index *index)
{
	const struct order_key *entries = index->entries.data;

	index->enclosing = xcalloc(index->entries.len + 1, sizeof *index->enclosing);
	for (u32 i = 1; i < index->entries.len; i++) {
		u32 open = i;

		while (open && entries[open - 1].address + entries[open - 1].size <=
				       entries[i].address)
			open = index->enclosing[open - 1];
		index->enclosing[i] = open;
	}
}

/* About as many buckets as half the entries. */
static void fill_buckets(struct symbol_index *index)
{
	const struct order_key *entries = index->entries.data;
	size_t count = index->entries.len;
	u64 reach;

	if (!count)
		return;
	reach = entries[count - 1].address - entries[0].address;
	while (reach >> index->shift > count / 2)
		index->shift++;
	vec_reserve(&index->buckets, (size_t)(reach >> index->shift) + 2);
	for (u32 i = 0; i < count; i++)
		while (index->buckets.len <=
		       (entries[i].address - entries[0].address) >> index->shift)
			*vec_push(&index->buckets) = i;
	*vec_push(&index->buckets) = (u32)count;
}

void symbol_index_build(struct symbol_index *index, const struct binary *bin)
{
	read_tables(index, bin);
	order_by_address(index->entries.data, index->entries.len);
	group(index);
	find_enclosing(index);
	fill_buckets(index);
}

void symbol_index_release(struct symbol_index *index)
{
	vec_release(&index->tables);
	vec_release(&index->entries);
	vec_release(&index->aliases);
	vec_release(&index->buckets);
	free(index->enclosing);
}

size_t symbol_index_until(const struct symbol_index *index, u64 vaddr)
{
	const struct order_key *entries = index->entries.data;
	u64 bucket;
	size_t lo, hi;

	if (!index->entries.len || vaddr < entries[0].address)
		return 0;
	bucket = (vaddr - entries[0].address) >> index->shift;
	if (bucket + 1 >= index->buckets.len)
		return index->entries.len;
	lo = index->buckets.data[bucket];
	hi = index->buckets.data[bucket + 1];
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (entries[mid].address <= vaddr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const char *symbol_index_read(const struct symbol_index *index, u32 number, Elf64_Sym *symbol)
{
	const struct symbol_table *table = &index->tables.data[index->tables.len - 1];
	const char *name;

	while (table->first > number)
		table--;
	*symbol = symbol_at(table->symbols.at + (number - table->first) * sizeof *symbol);
	/* It had one when it was sorted, but files are written over. */
	name = name_of(table, symbol);
	return name ? name : "";
}
