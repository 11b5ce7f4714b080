/* Looks keys up in the tables of glue, runtimes, owners and thread starts. */
#include "report/async/tables.h"

#include <string.h>

static const char *const standard_crates[] = {
	"core", "alloc", "std", "compiler_builtins", "std_detect",
};

bool pattern_covers(const char *path, const char *key)
{
	size_t n;

	/* Nearly all rows end here. */
	if (*path != *key)
		return false;
	n = strlen(path);
	return strncmp(path, key, n) == 0 && (key[n] == '\0' || strncmp(key + n, "::", 2) == 0);
}

static const struct pattern *longest(const struct pattern *best, const struct pattern *rows,
				     size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (pattern_covers(rows[i].path, key) &&
		    (!best || strlen(rows[i].path) > strlen(best->path)))
			best = &rows[i];
	return best;
}

const struct pattern *pattern_find(const char *key)
{
	const struct pattern *best = longest(NULL, glue_patterns, glue_pattern_count, key);

	return longest(best, runtime_patterns, runtime_pattern_count, key);
}

const struct owner *owner_find(const char *key)
{
	for (size_t i = 0; i < owner_count; i++)
		if (pattern_covers(owners[i].crate, key))
			return &owners[i];
	return NULL;
}

bool is_thread_start(const char *key)
{
	for (size_t i = 0; i < start_pattern_count; i++) {
		const char *row = start_patterns[i];

		if (row[0] == '=' ? strcmp(row + 1, key) == 0 : pattern_covers(row, key))
			return true;
	}
	return false;
}

bool is_standard_library(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(standard_crates); i++)
		if (pattern_covers(standard_crates[i], key))
			return true;
	return false;
}
