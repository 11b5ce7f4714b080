/* Finding the file that .gnu_debugaltlink names, and checking that it is the one. */
#include "lib/dwarf/alt.h"

#include <libgen.h>
#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

/* The file at `path` if it has the build id; else NULL. Takes the path. */
static struct binary *open_if(char *path, const struct build_id *id)
{
	AUTO_FREE char *taken = path;
	CLEANUP(binary_closep) struct binary *bin = NULL;
	CLEANUP(err_freep) struct err *err = binary_open(&bin, taken);

	if (err || !build_id_equal(binary_build_id(bin), id))
		return NULL;
	return TAKE_PTR(bin);
}

/* A relative name is relative to the file that has the link, symbolic links resolved. */
static char *beside(const struct dwarf_file *file, const char *name)
{
	AUTO_FREE char *real = realpath(binary_name(file->bin), NULL);

	return xasprintf("%s/%s", real ? dirname(real) : ".", name);
}

static char *by_build_id(const struct build_id *id)
{
	char hex[2 * BUILD_ID_MAX + 1];

	build_id_text(id, hex);
	return xasprintf("/usr/lib/debug/.build-id/%.2s/%s.debug", hex, hex + 2);
}

void dwarf_alt_open(struct dwarf_alt *alt, struct dwarf_file *file)
{
	struct section link;
	struct build_id id = { 0 };
	const char *name;

	if (!binary_section(file->bin, ".gnu_debugaltlink", &link))
		return;
	name = bytes_cstr(&link.data);
	if (!name || !bytes_left(&link.data) || bytes_left(&link.data) > BUILD_ID_MAX)
		return;
	id.size = (u8)bytes_left(&link.data);
	memcpy(id.bytes, link.data.at, id.size);
	alt->bin = open_if(*name == '/' ? xstrdup(name) : beside(file, name), &id);
	if (!alt->bin)
		alt->bin = open_if(by_build_id(&id), &id);
	if (!alt->bin) {
		alt->missing = xstrdup(name);
		return;
	}
	dwarf_file_init(&alt->file, alt->bin, file->lines_of, NULL, 0);
	units_read(&alt->file);
	alt->file.is_alt = true;
	file->alt = &alt->file;
}

void dwarf_alt_close(struct dwarf_alt *alt)
{
	if (alt->bin)
		dwarf_file_release(&alt->file);
	binary_close(alt->bin);
	free(alt->missing);
}
