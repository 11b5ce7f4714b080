/* A file's DWARF sections: which they are, reading and inflating them ahead, and what may be read of them. */
#include "lib/dwarf/unit.h"

#include <stdlib.h>

#include <aprof/dwarf.h>

#include "lib/dwarf/line.h"
#include "lib/dwarf/parts.h"

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

static const char *const aranges_name = ".debug_aranges";

void dwarf_read_ahead(const struct binary *bin, const bool *stop)
{
	/* What is read at once for every unit, then the units, then what is read of those with hits. */
	static const enum dwarf_section order[] = {
		DWARF_ABBREV,	   DWARF_RANGES, DWARF_RNGLISTS, DWARF_ADDR,
		DWARF_STR_OFFSETS, DWARF_INFO,	 DWARF_LINE,	 DWARF_LINE_STR, DWARF_STR,
	};

	binary_read_ahead(bin, &aranges_name, 1, stop);
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		binary_read_ahead(bin, &section_names[order[i]], 1, stop);
}

size_t dwarf_plan_inflating(struct binary *bin, enum dwarf_lines lines)
{
	size_t count = binary_plan_inflating(bin, &aranges_name, 1);
	bool parts = parts_possible(bin);

	/* What is no Rust does not need its lines, and Rust reads them when it does. */
	for (int i = 0; i < DWARF_SECTIONS; i++)
		if ((i != DWARF_LINE || lines == DWARF_LINES) && (i != DWARF_INFO || !parts))
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

void dwarf_file_init(struct dwarf_file *file, struct binary *bin, enum dwarf_lines lines,
		     const u64 *vaddrs, size_t count)
{
	*file = (struct dwarf_file){
		.bin = bin,
		.lines_of = lines,
		.lowest_code = lowest_code(bin),
	};
	pthread_mutex_init(&file->lock, NULL);
	for (int i = 0; i < DWARF_SECTIONS; i++)
		if (i != DWARF_LINE && i != DWARF_INFO)
			read_section(file, i);
	/*
	 * Honest files read each byte once or twice. Range lists are the exception: the walk may
	 * visit a unit a second time, and a unit may share its list with a DIE.
	 */
	file->abbrev_budget.left = 8 * bytes_left(&file->sections[DWARF_ABBREV]) + 65536;
	file->range_budget.left = 16 * (bytes_left(&file->sections[DWARF_RANGES]) +
					bytes_left(&file->sections[DWARF_RNGLISTS])) + 65536;
	if (count < NO_ID && parts_read(file, vaddrs, (u32)count))
		return;
	read_section(file, DWARF_INFO);
	file->headers = file->sections[DWARF_INFO];
}

void dwarf_file_release(struct dwarf_file *file)
{
	units_release(file);
	parts_release(file);
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
