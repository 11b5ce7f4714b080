/* Lines of /proc/kallsyms to addresses and names. */
#include "profiler/process/kallsyms.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <aprof/alloc.h>

/* The kernel hands out a page at a time. */
#define READ_BYTES ((size_t)64 << 10)

void kallsyms_open(struct kallsyms *file, const char *path)
{
	*file = (struct kallsyms){
		.fd = open(path, O_RDONLY | O_CLOEXEC),
		.text = xmalloc(READ_BYTES + 1),
	};
}

void kallsyms_close(struct kallsyms *file)
{
	if (file->fd >= 0)
		close(file->fd);
	free(file->text);
}

/* A line that does not fit is none of the kernel's (KSYM_NAME_LEN is 512): it ends the file. */
bool kallsyms_fill(struct kallsyms *file)
{
	const char *last = NULL;
	ssize_t n = 0;

	file->have -= file->end;
	memmove(file->text, file->text + file->end, file->have);
	file->at = file->end = 0;
	while (!last && file->fd >= 0 &&
	       (n = read(file->fd, file->text + file->have, READ_BYTES - file->have)) > 0) {
		file->have += (size_t)n;
		last = memrchr(file->text, '\n', file->have);
	}
	if (!last)
		return false;
	file->end = (size_t)(last - file->text) + 1;
	/* Looking ahead in a short last line is harmless. */
	file->text[file->have] = '\0';
	return true;
}

/* The file has 5 MB and more; numbers by hand take a fifth of strtoull()'s time. */
static const char *parse_hex(const char *at, u64 *value)
{
	u64 sum = 0;

	for (;; at++) {
		u32 digit = (u8)*at - (u32)'0';

		if (digit > 9) {
			digit = ((u8)*at | 0x20) - (u32)'a';
			if (digit > 5)
				break;
			digit += 10;
		}
		sum = sum << 4 | digit;
	}
	*value = sum;
	return at;
}

static bool parse_line(const char *line, const char *end, struct kallsyms_symbol *out)
{
	const char *at = parse_hex(line, &out->address);

	if (at == line || at[0] != ' ' || !at[1] || at[2] != ' ' || !strchr("tTwW", at[1]))
		return false;
	out->name = at + 3;
	out->size = (size_t)(end - out->name);
	return true;
}

bool kallsyms_next(struct kallsyms *file, struct kallsyms_symbol *out)
{
	while (file->at < file->end) {
		const char *line = file->text + file->at;
		const char *end = memchr(line, '\n', file->end - file->at);

		file->at = (size_t)(end - file->text) + 1;
		if (parse_line(line, end, out))
			return true;
	}
	return false;
}

void kallsyms_copy_name(const struct kallsyms_symbol *symbol, char *to)
{
	char *tab;

	memcpy(to, symbol->name, symbol->size);
	to[symbol->size] = '\0';
	tab = memchr(to, '\t', symbol->size);
	if (tab)
		*tab = ' ';
}
