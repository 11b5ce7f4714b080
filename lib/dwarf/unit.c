/* Units: finding their headers, reading their own DIE, and following strings and references. */
#include "lib/dwarf/unit.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/dwarf.h>
#include <dwarf.h>

#include "lib/dwarf/line.h"

static const char *const section_names[DWARF_SECTIONS] = {
	[DWARF_INFO] = ".debug_info",
	[DWARF_ABBREV] = ".debug_abbrev",
	[DWARF_LINE] = ".debug_line",
	[DWARF_STR] = ".debug_str",
	[DWARF_LINE_STR] = ".debug_line_str",
	[DWARF_STR_OFFSETS] = ".debug_str_offsets",
	[DWARF_ADDR] = ".debug_addr",
	[DWARF_RANGES] = ".debug_ranges",
	[DWARF_RNGLISTS] = ".debug_rnglists",
};

/* Smaller ones are read at once. */
#define LARGE_FILE ((size_t)32 << 20)

static const char *const aranges_name = ".debug_aranges";

/* What is wanted once it is known which units are, and is the most of a large file. */
static bool comes_later(int section)
{
	return section == DWARF_LINE || section == DWARF_LINE_STR || section == DWARF_STR;
}

static void read_ahead(const struct binary *bin, bool later)
{
	for (int i = 0; i < DWARF_SECTIONS; i++)
		if (comes_later(i) == later)
			binary_read_ahead(bin, &section_names[i], 1);
}

void dwarf_read_ahead(const struct binary *bin)
{
	binary_read_ahead(bin, &aranges_name, 1);
	read_ahead(bin, false);
	if (!dwarf_reads_twice(bin))
		read_ahead(bin, true);
}

bool dwarf_reads_twice(const struct binary *bin)
{
	struct bytes whole = binary_bytes(bin);

	return bytes_left(&whole) >= LARGE_FILE;
}

void dwarf_read_rest_ahead(const struct binary *bin)
{
	read_ahead(bin, true);
}

size_t dwarf_plan_inflating(struct binary *bin, enum dwarf_lines lines)
{
	size_t count = binary_plan_inflating(bin, &aranges_name, 1);

	/* What is no Rust does not need its lines, and Rust reads them when it does. */
	for (int i = 0; i < DWARF_SECTIONS; i++)
		if (i != DWARF_LINE || lines == DWARF_LINES)
			count = binary_plan_inflating(bin, &section_names[i], 1);
	return count;
}

struct bytes dwarf_section_at(const struct dwarf_file *file, enum dwarf_section section,
			      u64 offset)
{
	struct bytes at = file->sections[section];

	bytes_skip(&at, offset);
	return at;
}

bool budget_take(struct budget *budget, u64 amount)
{
	/* Relaxed: threads share it, and it is no measure but a limit. */
	u64 left = __atomic_load_n(&budget->left, __ATOMIC_RELAXED);

	while (!__atomic_compare_exchange_n(&budget->left, &left, left < amount ? 0 : left - amount,
					    true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	return left >= amount;
}

/* One unit header. False at the end, or where the chain of lengths breaks. */
static bool read_header(struct dwarf_file *file, struct bytes *info, struct unit *unit)
{
	const u8 *start = file->sections[DWARF_INFO].at;
	const u8 *at = info->at;
	u64 length;

	*unit = (struct unit){ .file = file, .offset = (u64)(at - start) };
	length = bytes_u32(info);
	unit->encoding.offset_size = 4;
	if (length == 0xffffffff) {
		unit->encoding.offset_size = 8;
		length = bytes_u64(info);
	}
	if (info->bad || !length || length > bytes_left(info))
		return false;
	struct bytes body = bytes_sub(info, length);
	u8 address_size = 0;

	unit->end = (u64)(body.end - start);
	unit->encoding.version = bytes_u16(&body);
	unit->type = DW_UT_compile;
	if (unit->encoding.version >= 5) {
		unit->type = bytes_u8(&body);
		address_size = bytes_u8(&body);
	}
	unit->abbrev_offset = unit->encoding.offset_size == 8 ? bytes_u64(&body) : bytes_u32(&body);
	if (unit->encoding.version < 5)
		address_size = bytes_u8(&body);
	else if (unit->type == DW_UT_skeleton || unit->type == DW_UT_split_compile)
		bytes_skip(&body, 8);
	else if (unit->type == DW_UT_type || unit->type == DW_UT_split_type)
		bytes_skip(&body, 8 + (size_t)unit->encoding.offset_size);
	unit->header_size = (u8)(body.at - at);
	/* Offsets within a unit are kept in 32 bits. */
	if (body.bad || unit->encoding.version < 2 || unit->encoding.version > 5 ||
	    address_size != 8 || unit->end - unit->offset > UINT32_MAX)
		unit_damaged(unit);
	return true;
}

static void read_headers(struct dwarf_file *file)
{
	struct bytes info = file->sections[DWARF_INFO];
	struct unit unit;

	while (bytes_left(&info) && read_header(file, &info, &unit))
		*vec_push(&file->units) = unit;
	if (bytes_left(&info) || info.bad)
		file->damaged_units++;
}

/*
 * The linker resolves the addresses of code that it discards to 0, 1 or near the end of the address
 * space; such ranges must not claim what else is at low addresses.
 */
static u64 lowest_code(struct binary *bin)
{
	/* What has code, in a separate debug file: its segments are empty. */
	static const char *const names[] = { ".init", ".plt", ".text" };
	const struct segment *segments;
	size_t count = binary_segments(bin, &segments);
	struct section section;
	u64 lowest = UINT64_MAX;

	for (size_t i = 0; i < count; i++)
		if (segments[i].executable)
			lowest = u64_min(lowest, segments[i].vaddr);
	for (size_t i = 0; lowest == UINT64_MAX && i < ARRAY_LEN(names); i++)
		if (binary_section(bin, names[i], &section))
			lowest = u64_min(lowest, section.vaddr);
	return lowest == UINT64_MAX || lowest < 2 ? 2 : lowest;
}

static void read_section(struct dwarf_file *file, enum dwarf_section which)
{
	struct section section;

	if (binary_section(file->bin, section_names[which], &section))
		file->sections[which] = section.data;
}

void dwarf_read_line_section(struct dwarf_file *file)
{
	if (file->has_line_section)
		return;
	file->has_line_section = true;
	read_section(file, DWARF_LINE);
	file->line_budget.left = 8 * bytes_left(&file->sections[DWARF_LINE]) + 65536;
}

void dwarf_file_init(struct dwarf_file *file, struct binary *bin, enum dwarf_lines lines)
{
	*file = (struct dwarf_file){
		.bin = bin,
		.lines_of = lines,
		.lowest_code = lowest_code(bin),
	};
	pthread_mutex_init(&file->lock, NULL);
	for (int i = 0; i < DWARF_SECTIONS; i++)
		if (i != DWARF_LINE)
			read_section(file, i);
	/*
	 * Honest files read each byte once or twice. Range lists are the exception: the walk may
	 * visit a unit a second time, and a unit may share its list with a DIE.
	 */
	file->abbrev_budget.left = 8 * bytes_left(&file->sections[DWARF_ABBREV]) + 65536;
	file->range_budget.left = 16 * (bytes_left(&file->sections[DWARF_RANGES]) +
					bytes_left(&file->sections[DWARF_RNGLISTS])) + 65536;
	read_headers(file);
}

void dwarf_file_release(struct dwarf_file *file)
{
	vec_each(&file->units, unit) {
		free(unit->head);
		if (unit->scopes) {
			vec_release(unit->scopes);
			free(unit->scopes);
		}
	}
	vec_release(&file->units);
	vec_each(&file->abbrevs, table) {
		abbrev_table_release(*table);
		free(*table);
	}
	vec_release(&file->abbrevs);
	vec_each(&file->lines, lines)
		line_header_free(*lines);
	vec_release(&file->lines);
	pthread_mutex_destroy(&file->lock);
}

bool unit_damaged(struct unit *unit)
{
	if (!unit->damaged)
		__atomic_fetch_add(&unit->file->damaged_units, 1, __ATOMIC_RELAXED);
	unit->damaged = true;
	return false;
}

struct unit *unit_at(struct dwarf_file *file, u64 offset)
{
	size_t low = 0, high = file->units.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->units.data[middle].end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == file->units.len || file->units.data[low].offset > offset)
		return NULL;
	return &file->units.data[low];
}

/* ---- abbreviations ---- */

static int table_order(const struct abbrev_table *table, const struct unit *unit)
{
	u64 a[] = { table->offset, table->encoding.version, table->encoding.offset_size };
	u64 b[] = { unit->abbrev_offset, unit->encoding.version, unit->encoding.offset_size };

	for (size_t i = 0; i < ARRAY_LEN(a); i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* Where the unit's table is, or would be, in file->abbrevs. */
static size_t table_place(const struct dwarf_file *file, const struct unit *unit)
{
	size_t low = 0, high = file->abbrevs.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table_order(file->abbrevs.data[middle], unit) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct abbrev_table *shared_table(struct unit *unit)
{
	struct dwarf_file *file = unit->file;
	size_t place = table_place(file, unit);
	struct abbrev_table *table;
	struct bytes at, start;

	if (place < file->abbrevs.len && table_order(file->abbrevs.data[place], unit) == 0)
		return file->abbrevs.data[place];
	table = xzalloc(sizeof *table);
	table->offset = unit->abbrev_offset;
	table->encoding = unit->encoding;
	at = start = dwarf_section_at(file, DWARF_ABBREV, unit->abbrev_offset);
	if (budget_left(&file->abbrev_budget))
		abbrev_table_read(table, &at, 0);
	if (!budget_take(&file->abbrev_budget, (u64)(at.at - start.at) + 1) || start.bad)
		table->damaged = true;
	vec_insert(&file->abbrevs, place, table);
	return table;
}

static bool read_abbrevs(struct unit *unit)
{
	pthread_mutex_lock(&unit->file->lock);
	unit->abbrevs = shared_table(unit);
	pthread_mutex_unlock(&unit->file->lock);
	return !unit->abbrevs->damaged;
}

/* ---- the unit's DIE ---- */

static void note_head(struct unit_head *head, u16 attr, const struct value *v)
{
	switch (attr) {
	case DW_AT_comp_dir:
		head->directory = *v;
		break;
	case DW_AT_language:
		head->language = (u16)value_constant(v, 0);
		break;
	case DW_AT_stmt_list:
		head->stmt_list = v->number;
		head->has_lines = true;
		break;
	case DW_AT_low_pc:
		head->low = *v;
		break;
	case DW_AT_high_pc:
		head->high = *v;
		break;
	case DW_AT_ranges:
		head->ranges = *v;
		break;
	case DW_AT_str_offsets_base:
		head->str_offsets_base = v->number;
		break;
	case DW_AT_addr_base:
	case DW_AT_GNU_addr_base:
		head->addr_base = v->number;
		break;
	case DW_AT_rnglists_base:
		head->rnglists_base = v->number;
		break;
	case DW_AT_dwo_name:
	case DW_AT_GNU_dwo_name:
		head->is_split = true;
		break;
	}
}

static bool read_head_values(struct unit *unit, const struct abbrev_table *table,
			     const struct abbrev *abbrev, struct bytes at)
{
	struct unit_head *head = xzalloc(sizeof *head);
	const struct attr_spec *spec = abbrev_specs(table, abbrev);
	struct value v;

	unit->head = head;
	head->tag = abbrev->tag;
	/* Without the attribute: behind the header of the section's first contribution. */
	head->str_offsets_base = unit->encoding.offset_size == 8 ? 16 : 8;
	head->rnglists_base = unit->encoding.offset_size == 8 ? 20 : 12;
	for (u32 i = 0; i < abbrev->spec_count; i++, spec++) {
		if (!form_read(&at, spec->form, spec->implicit, unit->encoding, &v))
			return false;
		note_head(head, spec->attr, &v);
	}
	unit_address(unit, &head->low, &head->base);
	return true;
}

/* The first declaration is nearly always the unit's: no need to read the whole table for it. */
static bool read_head(struct unit *unit)
{
	struct dwarf_file *file = unit->file;
	struct bytes at = dwarf_section_at(file, DWARF_INFO, unit->offset + unit->header_size);
	struct abbrev_table first = { .encoding = unit->encoding };
	struct bytes abbrevs = dwarf_section_at(file, DWARF_ABBREV, unit->abbrev_offset);
	bool whole;
	u64 code;

	at.end = file->sections[DWARF_INFO].at + unit->end;
	code = bytes_varint(&at);
	if (at.bad || abbrevs.bad || !bytes_left(&abbrevs) || !budget_left(&file->abbrev_budget))
		return false;
	if (!unit->abbrevs && *abbrevs.at == code) {
		/* A declaration is bounded by its own bytes, the unit by one declaration. */
		const u8 *start = abbrevs.at;

		abbrev_table_read(&first, &abbrevs, code);
		whole = !first.damaged && first.list.len == 1 &&
			budget_take(&file->abbrev_budget, (u64)(abbrevs.at - start)) &&
			read_head_values(unit, &first, &first.list.data[0], at);
		abbrev_table_release(&first);
		return whole;
	}
	const struct abbrev *abbrev;

	if (!unit->abbrevs && !read_abbrevs(unit))
		return false;
	abbrev = abbrev_find(unit->abbrevs, code);
	return abbrev && read_head_values(unit, unit->abbrevs, abbrev, at);
}

bool unit_read_head(struct unit *unit)
{
	if (unit->damaged)
		return false;
	if (unit->head)
		return true;
	if (!read_head(unit))
		return unit_damaged(unit);
	if (unit->head->is_split)
		unit->file->split_units++;
	return true;
}

bool unit_read(struct unit *unit)
{
	if (!unit_read_head(unit))
		return false;
	if (!unit->abbrevs && !read_abbrevs(unit))
		return unit_damaged(unit);
	return true;
}

bool unit_has_lines(const struct unit *unit)
{
	return unit->head->has_lines && (unit->file->lines_of == DWARF_LINES ||
					 unit->head->language == DW_LANG_Rust);
}

/* ---- DIEs and values ---- */

bool die_at(struct unit *unit, u64 offset, struct die *out)
{
	u64 code;

	if (!unit_read(unit) || offset < unit->offset + unit->header_size || offset >= unit->end)
		return false;
	out->unit = unit;
	out->values = dwarf_section_at(unit->file, DWARF_INFO, offset);
	out->values.end = unit->file->sections[DWARF_INFO].at + unit->end;
	code = bytes_varint(&out->values);
	out->abbrev = out->values.bad ? NULL : abbrev_find(unit->abbrevs, code);
	return out->abbrev != NULL;
}

/* Entry `index` of a table of `size`-byte entries at `base`. */
static bool table_entry(const struct dwarf_file *file, enum dwarf_section section, u64 base,
			u64 index, size_t size, u64 *out)
{
	struct bytes at = dwarf_section_at(file, section, base);

	if (at.bad || index >= bytes_left(&at) / size)
		return false;
	bytes_skip(&at, index * size);
	*out = size == 8 ? bytes_u64(&at) : bytes_u32(&at);
	return true;
}

static const char *string_at(const struct dwarf_file *file, enum dwarf_section section, u64 offset)
{
	struct bytes at;

	if (!file)
		return NULL;
	at = dwarf_section_at(file, section, offset);
	return at.bad ? NULL : bytes_cstr(&at);
}

const char *unit_string(const struct unit *unit, const struct value *v)
{
	const struct dwarf_file *file = unit->file;
	u64 offset;

	switch (v->form) {
	case DW_FORM_string:
		return (const char *)v->data;
	case DW_FORM_strp:
		return string_at(file, DWARF_STR, v->number);
	case DW_FORM_line_strp:
		return string_at(file, DWARF_LINE_STR, v->number);
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
		return string_at(file->alt, DWARF_STR, v->number);
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx3:
	case DW_FORM_strx4:
	case DW_FORM_GNU_str_index:
		if (!unit->head ||
		    !table_entry(file, DWARF_STR_OFFSETS, unit->head->str_offsets_base, v->number,
				 unit->encoding.offset_size, &offset))
			return NULL;
		return string_at(file, DWARF_STR, offset);
	}
	return NULL;
}

bool unit_address(const struct unit *unit, const struct value *v, u64 *out)
{
	switch (v->form) {
	case DW_FORM_addr:
		*out = v->number;
		return true;
	case DW_FORM_addrx:
	case DW_FORM_addrx1:
	case DW_FORM_addrx2:
	case DW_FORM_addrx3:
	case DW_FORM_addrx4:
	case DW_FORM_GNU_addr_index:
		return table_entry(unit->file, DWARF_ADDR, unit->head->addr_base, v->number, 8, out);
	}
	return false;
}

/* A place in a whole .debug_info. */
static bool reference_in(struct dwarf_file *file, u64 offset, struct unit **to, u64 *out)
{
	*to = file ? unit_at(file, offset) : NULL;
	*out = offset;
	return *to != NULL;
}

bool unit_reference(struct unit *unit, const struct value *v, struct unit **to, u64 *offset)
{
	switch (v->form) {
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
	case DW_FORM_ref_udata:
		if (v->number >= unit->end - unit->offset)
			return false;
		*to = unit;
		*offset = unit->offset + v->number;
		return true;
	case DW_FORM_ref_addr:
		return reference_in(unit->file, v->number, to, offset);
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
		return reference_in(unit->file->alt, v->number, to, offset);
	}
	return false;
}
