/* Demangling, by libiberty, bounded in what a hostile name can ask for. */
#include <aprof/demangle.h>

#include <ctype.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/text.h>

#include "lib/binary/iberty.h"

#define MAX_DEMANGLED 65536
/*
 * libiberty keeps some 64 bytes of stack for each character of a C++ name, and therefore gives up
 * on those of more than 1024 characters unless told otherwise. Templates get longer than that.
 */
#define MAX_CXX_MANGLED 8192

/* "17h", sixteen hex digits and "E": what ends a legacy Rust name. */
#define LEGACY_HASH 20

/* What compilers add to the name of a function that they split or copied, less a final ".N". */
static const char *const suffixes[] = {
	".llvm", ".cold", ".isra", ".part", ".constprop", ".lto_priv", ".localalias", ".clone",
};

/* The length without one suffix; `len` itself if there is none. */
static size_t cut_suffix(const char *s, size_t len)
{
	size_t stem = len;

	while (stem > 0 && isdigit((unsigned char)s[stem - 1]))
		stem--;
	if (stem == len || stem == 0 || s[stem - 1] != '.')
		stem = len;
	else
		stem--;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		size_t n = strlen(suffixes[i]);

		if (stem > n && memcmp(s + stem - n, suffixes[i], n) == 0)
			return stem - n;
	}
	return len;
}

static size_t cut_suffixes(const char *s)
{
	size_t len = strlen(s), cut;

	while ((cut = cut_suffix(s, len)) < len)
		len = cut;
	return len;
}

/* Where the name ends if it is a legacy Rust one: behind the hash. 0: it is not. */
static size_t legacy_end(const char *s)
{
	const char *e = s;

	if (!starts_with(s, "_ZN"))
		return 0;
	/* The hash is the last part of the path, so the first match that ends the name is it. */
	while ((e = strstr(e, "17h"))) {
		if (strspn(e + 3, "0123456789abcdef") >= 16 && e[LEGACY_HASH - 1] == 'E' &&
		    (e[LEGACY_HASH] == '\0' || e[LEGACY_HASH] == '.'))
			return (size_t)(e - s) + LEGACY_HASH;
		e++;
	}
	return 0;
}

/* v0 names have letters, digits and '_' only; behind '.' or '$' is what a vendor added. */
static size_t v0_end(const char *s)
{
	if (!starts_with(s, "_R") || !isupper((unsigned char)s[2]))
		return 0;
	return strcspn(s, ".$");
}

/* The mangling, and how much of the symbol is a Rust name: 0, if it is none. */
static enum mangling examine(const char *symbol, size_t *len)
{
	if ((*len = legacy_end(symbol)))
		return MANGLING_RUST_LEGACY;
	if ((*len = v0_end(symbol)))
		return MANGLING_RUST_V0;
	return starts_with(symbol, "_Z") ? MANGLING_CXX : MANGLING_NONE;
}

enum mangling mangling_of(const char *symbol)
{
	size_t len;

	return examine(symbol, &len);
}

struct output {
	struct text text;
	jmp_buf full;
};

/*
 * Back references can make a short name expand without end, and libiberty's printers do not stop
 * when asked to: leaving them is the only way. What they hold is on the stack.
 */
static void collect(const char *s, size_t len, void *arg)
{
	struct output *out = arg;
	size_t room = MAX_DEMANGLED - out->text.len;

	text_add_n(&out->text, s, len < room ? len : room);
	if (len >= room)
		longjmp(out->full, 1);
}

static bool print(const char *name, enum mangling mangling, struct output *out)
{
	if (mangling != MANGLING_CXX)
		return iberty_rust(name, collect, out);
	return strlen(name) <= MAX_CXX_MANGLED && iberty_cxx(name, collect, out);
}

char *demangle(const char *symbol)
{
	struct output *out;
	enum mangling mangling;
	char *name, *result;
	size_t len;

	mangling = examine(symbol, &len);
	name = xstrndup(symbol, len ? len : cut_suffixes(symbol));
	if (mangling == MANGLING_NONE)
		return name;
	out = xzalloc(sizeof *out);
	/* A jump means that the text is full: it is taken as it is. */
	if (setjmp(out->full) == 0 && !print(name, mangling, out))
		text_clear(&out->text);
	if (out->text.len) {
		result = text_take(&out->text);
	} else {
		text_release(&out->text);
		result = xstrdup(symbol);
	}
	free(out);
	free(name);
	return result;
}
