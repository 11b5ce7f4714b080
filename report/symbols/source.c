/* Finding and reading source files. */
#include "report/symbols/source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#define MOST_BYTES (16u << 20)

/* A regular file only: a path from a binary may name anything. */
static char *read_file(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	size_t have = 0;
	char *text;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > MOST_BYTES)
		return NULL;
	text = xmalloc((size_t)st.st_size + 1);
	while (have < (size_t)st.st_size) {
		ssize_t n = read(fd, text + have, (size_t)st.st_size - have);

		if (n <= 0)
			break;
		have += (size_t)n;
	}
	text[have] = '\0';
	return text;
}

static void split(struct source_text *source)
{
	char *rest = source->text, *line;

	while ((line = strsep(&rest, "\n")))
		*vec_push(&source->lines) = line;
}

static bool try_path(struct source_text *out, const char *path)
{
	out->text = read_file(path);
	if (!out->text)
		return false;
	out->path = xstrdup(path);
	split(out);
	return true;
}

static bool try_below(struct source_text *out, const char *dir, const char *file)
{
	for (const char *end = file; end; end = strchr(end, '/')) {
		char *path;
		bool found;

		end += *end == '/';
		/* Only down: a path with ".." in it would lead out of the folder. */
		if (!*end || strstr(end, ".."))
			continue;
		path = xasprintf("%s/%s", dir, end);
		found = try_path(out, path);
		free(path);
		if (found)
			return true;
	}
	return false;
}

void source_text_read(struct source_text *out, const char *file, const char *const *dirs)
{
	*out = (struct source_text){ 0 };
	if (!file)
		return;
	for (size_t i = 0; dirs && dirs[i]; i++)
		if (try_below(out, dirs[i], file))
			return;
	try_path(out, file);
}

void source_text_release(struct source_text *source)
{
	free(source->text);
	free(source->path);
	vec_release(&source->lines);
	*source = (struct source_text){ 0 };
}

const char *source_text_line(const struct source_text *source, u32 line)
{
	return line && line <= source->lines.len ? source->lines.data[line - 1] : NULL;
}
