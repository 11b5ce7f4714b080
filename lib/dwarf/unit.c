/* One unit: its abbreviations and its own DIE, strings and references of its DIEs. */
#include "lib/dwarf/unit.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/dwarf.h>
#include <dwarf.h>

#include "lib/dwarf/line.h"

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
		__atomic_fetch_add(&unit->file->split_units, 1, __ATOMIC_RELAXED);
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

/* The partial units of dwz have no language: they may be parts of any. */
bool unit_has_lines(const struct unit *unit)
{
	u16 language = unit->head->language;

	return unit->head->has_lines && (unit->file->lines_of == DWARF_LINES || !language ||
					 language == DW_LANG_Rust);
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

bool unit_own_reference(const struct unit *unit, const struct value *v, u64 *offset)
{
	switch (v->form) {
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
	case DW_FORM_ref_udata:
		*offset = unit->offset + v->number;
		return v->number < unit->end - unit->offset;
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
	if (unit_own_reference(unit, v, offset)) {
		*to = unit;
		return true;
	}
	switch (v->form) {
	case DW_FORM_ref_addr:
		return reference_in(unit->file, v->number, to, offset);
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
		return reference_in(unit->file->alt, v->number, to, offset);
	}
	return false;
}
