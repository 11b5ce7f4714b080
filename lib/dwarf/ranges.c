/* Reading the range lists of DWARF 2 to 5. */
#include "lib/dwarf/ranges.h"

#include <dwarf.h>

struct list {
	struct unit *unit;
	struct bytes at;
	u64 base;
	code_range *each;
	void *arg;
};

static void emit(const struct list *list, u64 low, u64 high)
{
	if (low < high && low >= list->unit->file->lowest_code)
		list->each(list->arg, low, high);
}

/* .debug_ranges: pairs of addresses from the base; (-1, x) sets the base; (0, 0) ends the list. */
static bool walk_pairs(struct list *list)
{
	for (;;) {
		u64 low = bytes_u64(&list->at), high = bytes_u64(&list->at);

		if (list->at.bad)
			return false;
		if (!low && !high)
			return true;
		if (low == UINT64_MAX)
			list->base = high;
		else
			emit(list, list->base + low, list->base + high);
	}
}

static u64 indexed(struct list *list, bool *ok)
{
	struct value v = { .form = DW_FORM_addrx, .number = bytes_varint(&list->at) };
	u64 address = 0;

	if (!unit_address(list->unit, &v, &address))
		*ok = false;
	return address;
}

/* .debug_rnglists: DWARF 5 §7.25. */
static bool walk_entries(struct list *list)
{
	struct bytes *at = &list->at;
	bool ok = true;
	u64 low;

	while (ok && !at->bad) {
		switch (bytes_u8(at)) {
		case DW_RLE_end_of_list:
			return !at->bad;
		case DW_RLE_base_addressx:
			list->base = indexed(list, &ok);
			break;
		case DW_RLE_startx_endx:
			low = indexed(list, &ok);
			emit(list, low, indexed(list, &ok));
			break;
		case DW_RLE_startx_length:
			low = indexed(list, &ok);
			emit(list, low, low + bytes_varint(at));
			break;
		case DW_RLE_offset_pair:
			low = bytes_varint(at);
			emit(list, list->base + low, list->base + bytes_varint(at));
			break;
		case DW_RLE_base_address:
			list->base = bytes_u64(at);
			break;
		case DW_RLE_start_end:
			low = bytes_u64(at);
			emit(list, low, bytes_u64(at));
			break;
		case DW_RLE_start_length:
			low = bytes_u64(at);
			emit(list, low, low + bytes_varint(at));
			break;
		default:
			return false;
		}
	}
	return false;
}

/* DW_FORM_rnglistx: an index into the offsets behind the contribution's header. */
static bool list_offset(const struct unit *unit, const struct value *v, u64 *out)
{
	size_t size = unit->encoding.offset_size;
	struct bytes at;

	if (v->form != DW_FORM_rnglistx) {
		*out = v->number;
		return true;
	}
	at = dwarf_section_at(unit->file, DWARF_RNGLISTS, unit->head->rnglists_base);
	if (at.bad || v->number >= bytes_left(&at) / size)
		return false;
	bytes_skip(&at, v->number * size);
	*out = unit->head->rnglists_base + (size == 8 ? bytes_u64(&at) : bytes_u32(&at));
	return true;
}

static bool walk_list(struct unit *unit, const struct value *v, code_range *each, void *arg)
{
	bool is_entries = unit->encoding.version >= 5;
	struct list list = { .unit = unit, .base = unit->head->base, .each = each, .arg = arg };
	const u8 *start;
	u64 offset;
	bool ok;

	if (!budget_left(&unit->file->range_budget) || !list_offset(unit, v, &offset))
		return false;
	list.at = dwarf_section_at(unit->file, is_entries ? DWARF_RNGLISTS : DWARF_RANGES, offset);
	start = list.at.at;
	ok = !list.at.bad && (is_entries ? walk_entries(&list) : walk_pairs(&list));
	return budget_take(&unit->file->range_budget, (u64)(list.at.at - start)) && ok;
}

bool code_ranges(struct unit *unit, const struct code_values *values, code_range *each, void *arg)
{
	u64 low, high;

	if (values->ranges.form)
		return walk_list(unit, &values->ranges, each, arg);
	if (!values->low.form || !values->high.form)
		return true;
	if (!unit_address(unit, &values->low, &low))
		return false;
	/* A constant is the size of the code, an address its end. */
	if (!unit_address(unit, &values->high, &high))
		high = low + value_constant(&values->high, 0);
	if (low < high && low >= unit->file->lowest_code)
		each(arg, low, high);
	return true;
}
