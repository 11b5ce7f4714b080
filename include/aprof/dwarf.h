/*
 * Functions, inline chains and lines of a binary, answered for a batch of addresses in one pass.
 *
 * The walk over the DIEs is directed by the queries: units that cover none are not visited, and of
 * the others only functions and inlined calls are decoded. All of it is read by bounded readers of
 * our own, from units and abbreviations to line tables: libdw's line tables alone would cost as much
 * as a whole query may, and its dwarf_getscopes (0.188) finds no scopes for functions inside
 * namespaces, which is nearly all of Rust.
 */
#ifndef APROF_DWARF_H
#define APROF_DWARF_H

#include <aprof/binary.h>
#include <aprof/crew.h>
#include <aprof/err.h>
#include <aprof/types.h>

/* A subprogram as its DIE names it. Strings live as long as the struct dwarf. */
struct dwarf_function {
	const char *name; /* DW_AT_name: "{async_fn#0}<shop::Cache>"; NULL if it has none */
	const char *path; /* enclosing namespaces and types joined by "::", and the name:
			     "shop::checkout::{async_fn#0}"; equal to name where nothing encloses */
	const char *linkage; /* DW_AT_linkage_name; NULL if it has none */
	const char *file; /* declared in; NULL if unknown */
	u32 line; /* declared at; 0 if unknown */
	u16 language; /* DW_AT_language of the unit: DW_LANG_Rust, DW_LANG_C11 … */
};

/* One level of an inline chain. */
struct dwarf_frame {
	const struct dwarf_function *function; /* NULL: only the line is known, the chain is this */
	const char *file; /* where this level stands: of the address for the innermost level, */
	u32 line; /* else of the call that was inlined into it (DW_AT_call_file/line); 0 unknown */
	u32 column; /* 0 unknown */
};

struct dwarf;

/* Of which code line tables are read: they tell lines, and names of files. */
enum dwarf_lines {
	DWARF_LINES, /* of all */
	DWARF_LINES_OF_RUST, /* that of C libraries is not decompressed then */
};

/*
 * `bin` must outlive it. Opens the dwz alternate file where .gnu_debugaltlink names one. An error if
 * there is no DWARF, or it cannot be read.
 */
ERR_MUST_CHECK struct err *dwarf_open(struct dwarf **out, struct binary *bin, enum dwarf_lines lines);
/*
 * The same for queries of these vaddrs alone, sorted ascending: what they do not need of .debug_info
 * is not decompressed, and what else is asked for has no answer. Of no vaddrs: as dwarf_open().
 */
ERR_MUST_CHECK struct err *dwarf_open_for(struct dwarf **out, struct binary *bin,
					  enum dwarf_lines lines, const u64 *vaddrs, size_t count);
void dwarf_close(struct dwarf *dwarf);

/* Has what dwarf_open() and dwarf_query() may read come from the disk: see binary_read_ahead(). */
void dwarf_read_ahead(const struct binary *bin, const bool *stop);
/* Plans inflating what is read as a whole: see binary_plan_inflating(). */
size_t dwarf_plan_inflating(struct binary *bin, enum dwarf_lines lines);

/*
 * Called once for each query that has a function or a line, in any order; frames are innermost first.
 * Assembly, and functions of which there are line tables only, may have lines without functions. Code
 * whose lines are not read counts as having one, 0.
 */
typedef void dwarf_found(void *arg, size_t query, const struct dwarf_frame *frames, size_t count);

/*
 * Looks up `count` vaddrs, sorted ascending. Queries with nothing are not called back; a
 * damaged unit is skipped, counted in dwarf_damaged(), and remembered. Units are walked by the crew,
 * if that is not NULL; `found` is called by the caller's thread only.
 */
void dwarf_query(struct dwarf *dwarf, struct crew *crew, const u64 *vaddrs, size_t count,
		 dwarf_found *found, void *arg);
size_t dwarf_damaged(const struct dwarf *dwarf);

/* Units whose functions are in .dwo files (-gsplit-dwarf), which are not read. */
size_t dwarf_split(const struct dwarf *dwarf);
/* The dwz alternate file that is needed and was not found; NULL if nothing is missing. */
const char *dwarf_missing_alt(const struct dwarf *dwarf);

#endif
