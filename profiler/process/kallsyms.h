/*
 * Reading /proc/kallsyms: lines as "ffffffff81000000 T _text", or "… t name\t[module]".
 *
 *	while (kallsyms_fill(&file))
 *		while (kallsyms_next(&file, &symbol))
 *			…
 */
#ifndef APROF_PROCESS_KALLSYMS_H
#define APROF_PROCESS_KALLSYMS_H

#include <aprof/types.h>

struct kallsyms {
	int fd;
	char *text;
	size_t at, end; /* the whole lines that are not consumed */
	size_t have; /* bytes; behind `end` is the beginning of a line */
};

struct kallsyms_symbol { /* a function */
	u64 address;
	const char *name; /* as it is in the file; valid until the next fill */
	size_t size; /* of the name */
};

void kallsyms_open(struct kallsyms *file, const char *path);
void kallsyms_close(struct kallsyms *file);

/* Reads on. False at the end, and where the file cannot be read. */
bool kallsyms_fill(struct kallsyms *file);
bool kallsyms_next(struct kallsyms *file, struct kallsyms_symbol *out);

/* Copies a name and a NUL; a kernel module's function becomes "name [module]". */
void kallsyms_copy_name(const struct kallsyms_symbol *symbol, char *to);

#endif
