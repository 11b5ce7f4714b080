/* Shortening paths of sources: what stands before the crate says where it was built, not what it is. */
#include "report/render/place.h"

#include <string.h>

#include "report/render/names.h"

/* From the folder that holds the last "src": the crate's, by cargo's convention. */
static const char *from_crate(const char *file)
{
	const char *at = NULL, *next = file;

	while ((next = strstr(next, "/src/"))) {
		at = next;
		next += 4;
	}
	if (!at)
		return file;
	while (at > file && at[-1] != '/')
		at--;
	return *at == '/' ? at + 1 : at;
}

void place_add(struct text *out, const char *file, u32 line)
{
	name_clean(out, from_crate(file));
	if (line)
		text_printf(out, ":%u", line);
}
