/* The units of a file: their headers, one behind the other, read as far as somebody asks. */
#include "lib/dwarf/unit.h"

#include <stdlib.h>

#include <dwarf.h>

bool unit_damaged(struct unit *unit)
{
	if (!unit->damaged)
		dwarf_damaged_unit(unit->file);
	unit->damaged = true;
	return false;
}

bool unit_may_have_code(const struct unit *unit)
{
	return unit->type == DW_UT_compile || unit->type == DW_UT_skeleton;
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

struct unit *unit_add(struct dwarf_file *file, u64 offset)
{
	struct unit *unit = arena_alloc(&file->arena, sizeof *unit);
	struct bytes at = dwarf_section_at(file, DWARF_INFO, offset);

	if (!read_header(file, &at, unit))
		return NULL;
	*vec_push(&file->units) = unit;
	return unit;
}

struct unit *unit_number(struct dwarf_file *file, size_t i)
{
	struct unit *unit;

	while (i >= file->units.len && bytes_left(&file->headers)) {
		unit = arena_alloc(&file->arena, sizeof *unit);
		if (read_header(file, &file->headers, unit)) {
			*vec_push(&file->units) = unit;
			continue;
		}
		/* Zeros may fill the end. */
		if (bytes_left(&file->headers) || file->headers.bad)
			dwarf_damaged_unit(file);
		file->headers = bytes_of(NULL, 0);
	}
	return i < file->units.len ? file->units.data[i] : NULL;
}

void units_read(struct dwarf_file *file)
{
	unit_number(file, SIZE_MAX);
}

struct unit *unit_at(struct dwarf_file *file, u64 offset)
{
	size_t low = 0, high = file->units.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->units.data[middle]->end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == file->units.len || file->units.data[low]->offset > offset)
		return NULL;
	return file->units.data[low];
}

void units_release(struct dwarf_file *file)
{
	vec_each(&file->units, it) {
		struct unit *unit = *it;

		free(unit->head);
		if (unit->scopes) {
			vec_release(unit->scopes);
			free(unit->scopes);
		}
	}
	vec_release(&file->units);
	arena_release(&file->arena);
}
