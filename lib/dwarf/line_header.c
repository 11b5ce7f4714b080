/* The header of a line table: opcode parameters, directories and files, DWARF 2 to 5. */
#include "lib/dwarf/line.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <dwarf.h>

#include "lib/dwarf/unit.h"

/* Before DWARF 5: NUL-terminated strings, an empty one ends the list. */
static void read_old_tables(struct line_header *lines, struct bytes *at)
{
	const char *s;

	lines->first_file = 1;
	*vec_push(&lines->directories) = NULL;
	while ((s = bytes_cstr(at)) && *s)
		*vec_push(&lines->directories) = s;
	while ((s = bytes_cstr(at)) && *s) {
		struct line_file file = { .name = s, .directory = bytes_varint(at) };

		bytes_varint(at); /* time */
		bytes_varint(at); /* size */
		*vec_push(&lines->files) = file;
	}
}

struct entry_format {
	u64 content; /* DW_LNCT_* */
	u16 form;
};

struct entry_formats VEC(struct entry_format);

static void read_formats(struct entry_formats *formats, struct bytes *at)
{
	u8 count = bytes_u8(at);

	formats->len = 0;
	for (u8 i = 0; i < count && !at->bad; i++) {
		u64 content = bytes_varint(at);
		u16 form = (u16)u64_min(bytes_varint(at), UINT16_MAX);

		*vec_push(formats) = (struct entry_format){ content, form };
	}
}

/* The table has a format of its own: gas makes 32-bit ones for 64-bit units. */
static struct line_file read_entry(const struct entry_formats *formats, const struct unit *unit,
				   struct encoding encoding, struct bytes *at)
{
	struct line_file file = { 0 };
	struct value v;

	for (size_t i = 0; i < formats->len; i++) {
		const struct entry_format *format = &formats->data[i];

		if (!form_read(at, format->form, 0, encoding, &v))
			break;
		if (format->content == DW_LNCT_path)
			file.name = unit_string(unit, &v);
		else if (format->content == DW_LNCT_directory_index)
			file.directory = v.number;
	}
	return file;
}

/* DWARF 5 §6.2.4: each table says what its entries are made of. */
static void read_tables(struct line_header *lines, const struct unit *unit,
			struct encoding encoding, struct bytes *at)
{
	struct entry_formats formats = { 0 };
	u64 count;

	read_formats(&formats, at);
	count = bytes_varint(at);
	/* Entries may be made of nothing, or of forms without bytes: the count is not bounded. */
	for (u64 i = 0, most = bytes_left(at); i < count && i < most && !at->bad; i++)
		*vec_push(&lines->directories) = read_entry(&formats, unit, encoding, at).name;
	read_formats(&formats, at);
	count = bytes_varint(at);
	for (u64 i = 0, most = bytes_left(at); i < count && i < most && !at->bad; i++)
		*vec_push(&lines->files) = read_entry(&formats, unit, encoding, at);
	vec_release(&formats);
}

static bool read_header(struct line_header *lines, const struct unit *unit)
{
	struct bytes at = dwarf_section_at(unit->file, DWARF_LINE, unit->head->stmt_list);
	u64 length = bytes_u32(&at);
	bool is_64 = length == 0xffffffff;
	struct bytes header;
	const u8 *start;
	u16 version;

	if (is_64)
		length = bytes_u64(&at);
	at = bytes_sub(&at, length);
	version = bytes_u16(&at);
	if (at.bad || version < 2 || version > 5)
		return false;
	if (version >= 5)
		bytes_skip(&at, 2); /* address and segment selector size */
	header = bytes_sub(&at, is_64 ? bytes_u64(&at) : bytes_u32(&at));
	lines->program = at;
	start = header.at;
	lines->instruction_size = bytes_u8(&header);
	if (version >= 4)
		bytes_skip(&header, 1); /* operations per instruction: 1 but on VLIW machines */
	bytes_skip(&header, 1); /* default_is_stmt */
	lines->line_base = (i8)bytes_u8(&header);
	lines->line_range = bytes_u8(&header);
	lines->opcode_base = bytes_u8(&header);
	lines->lengths = bytes_take(&header, lines->opcode_base ? lines->opcode_base - 1u : 0);
	if (header.bad || !lines->line_range || !lines->opcode_base)
		return false;
	if (version >= 5)
		read_tables(lines, unit, (struct encoding){ version, is_64 ? 8 : 4 }, &header);
	else
		read_old_tables(lines, &header);
	return budget_take(&unit->file->line_budget, (u64)(header.at - start)) && !header.bad;
}

static int header_order(const struct line_header *lines, u64 offset, const char *directory)
{
	if (lines->offset != offset)
		return lines->offset < offset ? -1 : 1;
	return (lines->directory > directory) - (lines->directory < directory);
}

/*
 * Units may share a table: those of dwz and of link-time optimisation do. Its paths are theirs only
 * if they share the directory, too; equal strings are in one place, as linkers keep them.
 */
static struct line_header *shared_header(struct unit *unit)
{
	struct dwarf_file *file = unit->file;
	const char *directory = unit_string(unit, &unit->head->directory);
	u64 offset = unit->head->stmt_list;
	size_t low = 0, high = file->lines.len;
	struct line_header *lines;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (header_order(file->lines.data[middle], offset, directory) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < file->lines.len && !header_order(file->lines.data[low], offset, directory))
		return file->lines.data[low];
	lines = xzalloc(sizeof *lines);
	lines->offset = offset;
	lines->directory = directory;
	vec_insert(&file->lines, low, lines);
	if (!budget_left(&file->line_budget) || !read_header(lines, unit))
		lines->damaged = true;
	return lines;
}

struct line_header *unit_lines(struct unit *unit)
{
	if (!unit->lines) {
		if (!unit_read_head(unit) || !unit_has_lines(unit))
			return NULL;
		pthread_mutex_lock(&unit->file->lock);
		dwarf_read_line_section(unit->file);
		unit->lines = shared_header(unit);
		pthread_mutex_unlock(&unit->file->lock);
	}
	return unit->lines->damaged ? NULL : unit->lines;
}

void line_header_free(struct line_header *lines)
{
	vec_release(&lines->directories);
	vec_release(&lines->files);
	free(lines);
}

/* Joins what is relative; an absolute part drops what is before it. */
static const char *join(struct arena *arena, const char *directory, const char *name)
{
	size_t len;

	if (!directory || !*directory || *name == '/')
		return name;
	len = strlen(directory);
	return arena_printf(arena, "%s%s%s", directory, directory[len - 1] == '/' ? "" : "/", name);
}

const char *line_path(struct unit *unit, u64 index, struct arena *arena)
{
	struct line_header *lines = unit_lines(unit);
	struct line_file *file;
	const char *directory = NULL, *path;

	if (!lines || index - lines->first_file >= lines->files.len)
		return NULL;
	file = &lines->files.data[index - lines->first_file];
	if (!file->name)
		return NULL;
	/* Units that share the table may have threads of their own: then two spell it alike. */
	path = __atomic_load_n(&file->path, __ATOMIC_ACQUIRE);
	if (!path) {
		if (file->directory < lines->directories.len)
			directory = lines->directories.data[file->directory];
		path = join(arena, directory, file->name);
		path = join(arena, lines->directory, path);
		__atomic_store_n(&file->path, path, __ATOMIC_RELEASE);
	}
	return path;
}
