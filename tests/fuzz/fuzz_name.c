/*
 * Names as debug information and symbols may hold them: the first byte says how the function is
 * known, then lines, each "path TAB demangled"; all are named, and none may hold the compiler's
 * scraps.
 */
#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/text.h>
#include <aprof/vec.h>

#include "report/async/kind.h"
#include "report/async/path.h"

static const char *own_name(const char *path)
{
	struct component_vec parts = { 0 };
	size_t start = 0;

	path_parse(span_of(path), &parts);
	if (parts.len > 1)
		start = parts.data[parts.len - 2].end + 2;
	vec_release(&parts);
	return path + start;
}

static struct function function_of(char *line, uint8_t how)
{
	char *tab = strchr(line, '\t');
	struct function f = { .path = line, .is_rust = true, .file = "src/main.rs" };

	if (tab)
		*tab = '\0';
	f.demangled = tab ? tab + 1 : line;
	f.linkage = tab ? tab + 1 : NULL;
	f.source = how & 1 ? SYMBOL_TABLE : SYMBOL_DWARF;
	f.mangling = !f.linkage ? MANGLING_NONE : how & 2 ? MANGLING_RUST_V0 : MANGLING_RUST_LEGACY;
	f.name = how & 1 ? f.path : own_name(f.path);
	return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct VEC(struct function) functions = { 0 };
	struct symbols symbols;
	struct kinds kinds;
	char *text, *rest, *line;

	if (size < 1)
		return 0;
	text = rest = xstrndup((const char *)data + 1, size - 1);
	while ((line = strsep(&rest, "\n")))
		*vec_push(&functions) = function_of(line, data[0]);
	symbols = (struct symbols){ .functions = functions.data,
				    .function_count = (u32)functions.len };
	kinds_init(&kinds, &symbols, NULL);
	for (u32 i = 0; i < symbols.function_count; i++) {
		const struct kind *kind = kind_of(&kinds, i);

		if (kind->name >= kinds.strings.count)
			abort();
		kinds_wrote(&kinds, i, "src/other.rs");
	}
	kinds_release(&kinds);
	vec_release(&functions);
	free(text);
	return 0;
}
