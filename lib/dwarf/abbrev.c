/* Abbreviation tables: reading a declaration and compiling how to skip and what to decode. */
#include "lib/dwarf/abbrev.h"

#include <dwarf.h>

static bool is_scope_tag(u16 tag)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_interface_type:
		return true;
	}
	return false;
}

static u8 role_of(const struct abbrev *abbrev, bool has_code)
{
	if (abbrev->tag == DW_TAG_subprogram)
		return has_code ? ROLE_FUNCTION : ROLE_DECLARATION;
	if (abbrev->tag == DW_TAG_inlined_subroutine && has_code)
		return ROLE_INLINED;
	if (is_scope_tag(abbrev->tag) && abbrev->children)
		return ROLE_SCOPE;
	return ROLE_OTHER;
}

/* One more value: either so many bytes more, or the end of a step. */
static void add_skip(struct abbrev_table *table, struct abbrev *abbrev, struct form_size size)
{
	if (size.shape == SHAPE_FIXED) {
		abbrev->fixed += size.bytes;
		return;
	}
	*vec_push(&table->steps) =
		(struct skip_step){ .bytes = abbrev->fixed, .shape = size.shape };
	abbrev->fixed = 0;
	abbrev->step_count++;
}

static void end_skip(struct abbrev_table *table, struct abbrev *abbrev)
{
	if (!abbrev->step_count || !abbrev->fixed)
		return;
	*vec_push(&table->steps) = (struct skip_step){ .bytes = abbrev->fixed };
	abbrev->step_count++;
}

/* Remembers where the values are that a walk reads. */
static void note_walk(struct abbrev *abbrev, u16 attr, bool *has_code)
{
	switch (attr) {
	case DW_AT_low_pc:
	case DW_AT_ranges:
		*has_code = true;
		break;
	case DW_AT_sibling:
		abbrev->has_sibling = true;
		break;
	case DW_AT_high_pc:
		break;
	default:
		return;
	}
	if (!abbrev->walk_end) {
		abbrev->walk_first = abbrev->spec_count;
		abbrev->walk_direct = abbrev->step_count == 0;
		abbrev->walk_offset = abbrev->fixed;
	}
	abbrev->walk_end = abbrev->spec_count + 1;
}

/* One declaration behind its code. */
static bool read_one(struct abbrev_table *table, struct bytes *at, u64 code)
{
	struct abbrev abbrev = {
		.code = code,
		.first_step = (u32)table->steps.len,
		.first_spec = (u32)table->specs.len,
	};
	bool has_code = false;

	abbrev.tag = (u16)u64_min(bytes_varint(at), UINT16_MAX);
	abbrev.children = bytes_u8(at) != 0;
	while (!at->bad) {
		u64 attr = bytes_varint(at);
		u64 form = bytes_varint(at);
		i64 implicit = form == DW_FORM_implicit_const ? bytes_svarint(at) : 0;

		if (!attr && !form)
			break;
		attr = u64_min(attr, UINT16_MAX);
		form = u64_min(form, UINT16_MAX);
		table->refers |= form == DW_FORM_ref_addr || form == DW_FORM_indirect;
		note_walk(&abbrev, (u16)attr, &has_code);
		add_skip(table, &abbrev, form_size((u16)form, table->encoding));
		*vec_push(&table->specs) = (struct attr_spec){ (u16)attr, (u16)form, implicit };
		abbrev.spec_count++;
	}
	end_skip(table, &abbrev);
	abbrev.role = role_of(&abbrev, has_code);
	*vec_push(&table->list) = abbrev;
	return !at->bad;
}

static int by_code(const void *a, const void *b)
{
	u64 x = ((const struct abbrev *)a)->code, y = ((const struct abbrev *)b)->code;

	return x < y ? -1 : x > y;
}

void abbrev_table_read(struct abbrev_table *table, struct bytes *at, u64 until)
{
	table->dense = true;
	for (;;) {
		u64 code = bytes_varint(at);

		if (!code)
			break;
		if (code != table->list.len + 1)
			table->dense = false;
		if (!read_one(table, at, code) || code == until)
			break;
	}
	table->damaged = at->bad;
	if (!table->dense)
		vec_sort(&table->list, by_code);
}

void abbrev_table_release(struct abbrev_table *table)
{
	vec_release(&table->list);
	vec_release(&table->specs);
	vec_release(&table->steps);
}

const struct abbrev *abbrev_search(const struct abbrev_table *table, u64 code)
{
	const struct abbrev key = { .code = code };

	if (!table->list.len)
		return NULL;
	return bsearch(&key, table->list.data, table->list.len, sizeof key, by_code);
}

bool abbrev_skip_steps(const struct abbrev_table *table, const struct abbrev *abbrev,
		       struct bytes *at)
{
	const struct skip_step *step = table->steps.data + abbrev->first_step;

	for (u32 i = 0; i < abbrev->step_count; i++, step++) {
		bytes_skip(at, step->bytes);
		/* Of debug builds nearly all are locations of variables. */
		if (step->shape == SHAPE_BLOCK)
			bytes_skip(at, bytes_varint(at));
		else if (step->shape != SHAPE_FIXED)
			form_skip(at, step->shape, table->encoding);
	}
	return !at->bad;
}
