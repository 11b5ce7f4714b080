/* The text of source files, found by the paths that DWARF has. */
#ifndef APROF_SYMBOLS_SOURCE_H
#define APROF_SYMBOLS_SOURCE_H

#include <aprof/types.h>
#include <aprof/vec.h>

struct source_text {
	char *text; /* NULL: the file was not found */
	struct source_lines VEC(const char *) lines; /* into text; [0] is line 1 */
	char *path; /* where it was found */
};

/*
 * Looks for the longest end of `file` below one of `dirs` ("src/main.rs" for
 * /build/shop/src/main.rs), then for `file` itself. dirs is NULL-terminated, or NULL. Files above
 * 16 MiB are not read.
 */
void source_text_read(struct source_text *out, const char *file, const char *const *dirs);
void source_text_release(struct source_text *source);

/* NULL if there is no such line. */
const char *source_text_line(const struct source_text *source, u32 line);

#endif
