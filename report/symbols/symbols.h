/*
 * Every frame of a profile as its source frames: inlined functions, innermost first, with lines.
 *
 * Resolved in one pass over all frames, module by module; a return address is looked up at
 * offset - 1, an IP at its offset, decided here and nowhere else.
 */
#ifndef APROF_SYMBOLS_SYMBOLS_H
#define APROF_SYMBOLS_SYMBOLS_H

#include <aprof/crew.h>
#include <aprof/demangle.h>
#include <aprof/dwarf.h>
#include <aprof/err.h>
#include <aprof/types.h>

#include "report/load/profile.h"

/* How a function's name is known. */
enum symbol_source {
	SYMBOL_NONE, /* module and offset only */
	SYMBOL_TABLE, /* ELF symbol: the function it is in; inlined ones are not known */
	SYMBOL_DWARF, /* the whole inline chain is known */
	SYMBOL_LINES, /* DWARF, but of line tables only: the function it is in is an ELF symbol, and
			 inlined ones have no qualified names; also assembly with lines */
	SYMBOL_KERNEL,
	SYMBOL_JIT,
	SYMBOL_END, /* an early end of the stack: "[truncated]", "[failed: no unwind rule]", "[lost]" */
};

struct function {
	u32 id; /* index in symbols->functions */
	enum symbol_source source;
	enum mangling mangling; /* of linkage */
	bool is_rust; /* by DW_AT_language, else by mangling */
	bool shared; /* this code, here, is another function's as well: either may have run */
	const char *name; /* the DIE's own name with generics: "{async_fn#0}<shop::Cache>" */
	const char *path; /* DIE path: "shop::{impl#4}::serve::{async_block#0}"; = name without DWARF */
	const char *linkage; /* mangled symbol; NULL if unknown */
	const char *demangled; /* of linkage, or of the ELF symbol, or name: never NULL */
	const char *file; /* declared at; NULL if unknown */
	u32 line;
	u32 module;
};

struct source_frame {
	u32 function;
	u32 line; /* innermost: of the address; others: of the call inlined into them. 0: unknown */
	u32 column; /* in bytes from 1; 0: unknown */
	const char *file; /* NULL if unknown */
	bool inlined; /* all but the outermost of a physical frame */
};

struct symbols_options {
	const char *symfs; /* --symfs, NULL if none */
	const char *const *debug_binaries; /* --debug-binary FILE …, NULL-terminated, or NULL */
	struct crew *crew; /* that does the work */
	bool places; /* fill symbols->places */
	enum dwarf_lines lines; /* which source frames have lines, and functions files */
};

/* Where a frame's code is, as `nm` has it. UINT64_MAX: not known. */
struct frame_place {
	u64 address; /* that was looked up: in the file as it is linked, in the kernel as it runs */
	u64 symbol; /* where the symbol around it starts */
};

struct symbols {
	const struct function *functions;
	u32 function_count;
	const struct source_frame *source_frames;
	const u32 *first; /* frame id -> index of its first source frame; frame_count + 1 entries */
	/*
	 * Functions that tail calls left out between a stack's innermost frame and its caller: by
	 * stack id which, NO_ID where there are none; NULL if there are none at all. The source
	 * frames of the n-th are missing[missing_first[n]] up to missing[missing_first[n + 1]].
	 */
	const u32 *missing_of;
	const u32 *missing_first;
	const struct source_frame *missing;
	const struct frame_place *places; /* of each frame; NULL unless asked for */
	u64 unresolved; /* frames for which not even a symbol is known */
	u64 without_dwarf; /* frames of SYMBOL_TABLE in modules without DWARF for that place */
};

/*
 * Line tables alone name inlined functions without their paths, which says too little: the function
 * they are in stands for them.
 */
static inline bool symbols_is_nameless(const struct function *f, const struct source_frame *frame)
{
	return f->source == SYMBOL_LINES && frame->inlined;
}

/* Where a frame's code is looked up: at the offset of an IP, or in the call before a return address. */
u64 symbols_looked_up(const struct frame *frame);

/* Prints a notice for each module that is missing, changed (build id) or damaged. */
ERR_MUST_CHECK struct err *symbols_resolve(struct symbols **out, const struct profile *profile,
					   const struct symbols_options *options);
void symbols_free(struct symbols *symbols);

#endif
