/* Opening and closing the DWARF of a binary, and what is wrong with it. */
#include "lib/dwarf/dwarf.h"

#include <stdlib.h>

#include <aprof/alloc.h>

struct err *dwarf_open(struct dwarf **out, struct binary *bin, enum dwarf_lines lines)
{
	return dwarf_open_for(out, bin, lines, NULL, 0);
}

struct err *dwarf_open_for(struct dwarf **out, struct binary *bin, enum dwarf_lines lines,
			   const u64 *vaddrs, size_t count)
{
	struct dwarf *dwarf;

	*out = NULL;
	if (!binary_has_dwarf(bin))
		return err_new("%s has no DWARF", binary_name(bin));
	dwarf = xzalloc(sizeof *dwarf);
	dwarf_file_init(&dwarf->file, bin, lines, vaddrs, count);
	functions_init(&dwarf->functions);
	namers_init(&dwarf->namers);
	if (!dwarf->file.in_parts && !unit_number(&dwarf->file, 0)) {
		dwarf_close(dwarf);
		return err_new("the DWARF of %s is damaged", binary_name(bin));
	}
	dwarf_alt_open(&dwarf->alt, &dwarf->file);
	*out = dwarf;
	return NULL;
}

void dwarf_close(struct dwarf *dwarf)
{
	if (!dwarf)
		return;
	dwarf_alt_close(&dwarf->alt);
	dwarf_file_release(&dwarf->file);
	functions_release(&dwarf->functions);
	namers_release(&dwarf->namers);
	free(dwarf);
}

size_t dwarf_damaged(const struct dwarf *dwarf)
{
	return dwarf->file.damaged_units + dwarf->alt.file.damaged_units;
}

size_t dwarf_split(const struct dwarf *dwarf)
{
	return dwarf->file.split_units;
}

const char *dwarf_missing_alt(const struct dwarf *dwarf)
{
	return dwarf->alt.missing;
}
