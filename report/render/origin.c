/* Telling the program's code from libraries': by kind, by where DWARF says it was written, by crate. */
#include "report/render/origin.h"

#include <string.h>

#include <aprof/text.h>

#include "report/async/logical.h"
#include "report/tree/match.h"

/* Parts of paths of sources that are nobody's own program. */
static const char *const library_paths[] = {
	"/rustc/", /* the toolchain's std, as rustc remaps it */
	"/registry/src/", /* cargo's registries */
	"/git/checkouts/", /* and git dependencies */
	"/usr/src/rustc", /* Debian's std */
	"/usr/share/cargo/", /* and its crates */
	"/usr/include/",     "/library/std/", "/library/core/", "/library/alloc/",
};

static const char *const library_crates[] = {
	"std", "core", "alloc", "proc_macro", "test", "hashbrown", "compiler_builtins",
};

static bool is_library_path(const char *file)
{
	for (size_t i = 0; i < ARRAY_LEN(library_paths); i++)
		if (strstr(file, library_paths[i]))
			return true;
	return false;
}

static bool is_library_crate(const char *name)
{
	size_t len;
	const char *crate = match_crate(name, &len);

	for (size_t i = 0; i < ARRAY_LEN(library_crates); i++)
		if (strlen(library_crates[i]) == len && memcmp(crate, library_crates[i], len) == 0)
			return true;
	return false;
}

/* Shared libraries of the system; a program under /usr/bin is the one that is looked at. */
static bool is_library_module(const struct origins *known, const struct function *function)
{
	const struct profile *profile = known->profile;
	const char *path = profile && function->module < profile->module_count
				   ? profile->modules[function->module].path
				   : "";

	return starts_with(path, "/lib") || starts_with(path, "/usr/lib") ||
	       starts_with(path, "[vdso]");
}

static bool is_library(const struct origins *known, const struct label *label, const char *name)
{
	const struct symbols *symbols = known->symbols;
	const struct function *function = NULL;

	if (symbols && label->function < symbols->function_count)
		function = &symbols->functions[label->function];
	if (function && is_library_module(known, function))
		return true;
	if (function && function->file)
		return is_library_path(function->file);
	return is_library_crate(name);
}

enum origin origin_of(const struct origins *known, const struct label *label, const char *name)
{
	switch ((enum step_kind)label->kind) {
	case STEP_ASYNC:
	case STEP_FUTURE:
		return label->unsure ? ORIGIN_UNSURE : ORIGIN_ASYNC;
	case STEP_KERNEL:
		return ORIGIN_KERNEL;
	case STEP_OWNER:
	case STEP_GLUE:
		return ORIGIN_GLUE;
	case STEP_THREAD:
	case STEP_END:
		return ORIGIN_OTHER;
	case STEP_SYNC:
		break;
	}
	if (is_library(known, label, name))
		return ORIGIN_LIBRARY;
	return label->unsure ? ORIGIN_UNSURE : ORIGIN_USER;
}

static const char *const texts[ORIGIN_COUNT] = {
	[ORIGIN_ASYNC] = "async body", [ORIGIN_USER] = "sync code", [ORIGIN_LIBRARY] = "library",
	[ORIGIN_GLUE] = "glue",	       [ORIGIN_KERNEL] = "kernel",  [ORIGIN_UNSURE] = "unsure",
	[ORIGIN_OTHER] = "thread",
};

const char *origin_text(enum origin origin)
{
	return origin < ORIGIN_COUNT ? texts[origin] : "";
}
