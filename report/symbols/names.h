/* Functions of a report: each once, with its names. */
#ifndef APROF_SYMBOLS_NAMES_H
#define APROF_SYMBOLS_NAMES_H

#include <aprof/arena.h>
#include <aprof/crew.h>
#include <aprof/dwarf.h>
#include <aprof/intern.h>
#include <aprof/text.h>
#include <aprof/vec.h>

#include "report/symbols/symbols.h"

struct names {
	struct VEC(struct function) functions;
	struct intern keys; /* what makes a function: its id is the function's */
	struct intern files; /* file names, each once */
	struct arena arena; /* all other strings, but for */
	struct arena *blocks; /* demangled names, of so many functions each */
	size_t block_count;
	struct text key; /* scratch */
};

void names_init(struct names *names);
void names_release(struct names *names);

/*
 * With -C debuginfo=line-tables-only (clang: -gline-tables-only) a function has its bare name and
 * nothing else: no namespace, no linkage name, no place of declaration.
 */
bool names_is_bare(const struct dwarf_function *f);

/*
 * A DWARF function; `symbol` is the ELF symbol around it where DWARF has no linkage name, or NULL.
 * One that shares its code is another function than the same where it does not.
 */
u32 names_dwarf(struct names *names, u32 module, const struct dwarf_function *f,
		const char *symbol, bool shared);
/* An ELF symbol, or a name that came with the profile: kernel, JIT. */
u32 names_symbol(struct names *names, u32 module, enum symbol_source source, const char *symbol);
/* A text that is no symbol: SYMBOL_NONE, SYMBOL_END. */
u32 names_text(struct names *names, u32 module, enum symbol_source source, const char *text);

/* A function that `aprof pack` put into the profile. */
u32 names_packed(struct names *names, u32 module, const struct packed_names *from,
		 const struct packed_function *f);

/* What is demangled is filled in, by the crew: after the last function, and before anybody looks. */
void names_demangle(struct names *names, struct crew *crew);

/* NULL stays NULL. */
const char *names_file(struct names *names, const char *file);

#endif
