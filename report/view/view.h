/*
 * A profile opened for looking at: loaded, symbolised, mapped to logical stacks, gathered.
 *
 * All commands that report share its options: what is read, what is resolved, which rows count,
 * and how stacks are shown.
 */
#ifndef APROF_VIEW_VIEW_H
#define APROF_VIEW_VIEW_H

#include <aprof/crew.h>
#include <aprof/err.h>
#include <aprof/options.h>
#include <aprof/vec.h>

#include "report/async/logical.h"
#include "report/load/profile.h"
#include "report/render/style.h"
#include "report/symbols/symbols.h"
#include "report/tree/flat.h"
#include "report/tree/gather.h"

#define VIEW_DEFAULT_PROFILE "aprof.data"

struct string_list VEC(const char *);

struct view_options {
	const char *input; /* -i */
	const char *event; /* NULL: the first */
	const char *symfs;
	struct string_list debug_binaries;
	struct string_list hide;
	struct logical_options logical; /* `hide` is filled in by view_open() */
	struct gather_options gather;
	bool await_lines;
	bool places; /* of every frame too: symbols->places */
	bool names_only; /* of a place in the source only where bodies await is shown, if asked for */
	bool quiet;
};

/* Rows of an option table: which file, which binaries. */
#define VIEW_INPUT_OPTIONS(o)                                                             \
	{ 'i', "input", OPTION_STRING, &(o)->input, "FILE", "the profile [aprof.data]" }, \
		VIEW_SYMBOL_OPTIONS(o)

#define VIEW_SYMBOL_OPTIONS(o)                                                            \
	{ 0, "symfs", OPTION_STRING, &(o)->symfs, "DIR", "look for binaries below DIR" }, \
		{ 0,                                                                      \
		  "debug-binary",                                                         \
		  OPTION_CALL,                                                            \
		  &(o)->debug_binaries,                                                   \
		  "FILE",                                                                 \
		  "take DWARF from FILE, a build with identical code",                    \
		  .call = view_add_string },                                              \
	{                                                                                 \
		'q', "quiet", OPTION_FLAG, &(o)->quiet, NULL, "no notices"                \
	}

/* Which rows. */
#define VIEW_FILTER_OPTIONS(o)                                                         \
	{ 'e', "event", OPTION_STRING, &(o)->event, "NAME", "the event [the first]" }, \
		VIEW_SAMPLE_OPTIONS(o)

/* Which of an event's rows. */
#define VIEW_SAMPLE_OPTIONS(o)                                                                      \
	{ 0,                                                                                        \
	  "time",                                                                                   \
	  OPTION_STRING,                                                                            \
	  &(o)->gather.filter.time,                                                                 \
	  "FROM,TO",                                                                                \
	  "samples between two times since the first" },                                            \
		{ 0,                                                                                \
		  "comm",                                                                           \
		  OPTION_STRING,                                                                    \
		  &(o)->gather.filter.comm,                                                         \
		  "NAME,...",                                                                       \
		  "threads or processes of these names" },                                          \
		{ 0, "pid", OPTION_STRING, &(o)->gather.filter.pid, "PID,...", "these processes" }, \
	{                                                                                           \
		0, "tid", OPTION_STRING, &(o)->gather.filter.tid, "TID,...", "these threads"        \
	}

/* How stacks are shown. */
#define VIEW_STACK_OPTIONS(o)                                                              \
	{ 0, "physical", OPTION_FLAG, &(o)->logical.physical, NULL, "stacks as unwound" }, \
		{ 0,	       "glue",                                                     \
		  OPTION_FLAG, &(o)->logical.show_glue,                                    \
		  NULL,	       "show polls, combinators and runtimes between bodies" },    \
		{ 0,	       "await-lines",                                              \
		  OPTION_FLAG, &(o)->await_lines,                                          \
		  NULL,	       "show where each body awaits the next (trees, folded)" },   \
		{ 0,                                                                       \
		  "hide",                                                                  \
		  OPTION_CALL,                                                             \
		  &(o)->hide,                                                              \
		  "REGEX",                                                                 \
		  "hide functions whose name matches",                                     \
		  .call = view_add_string },                                               \
		{ 0,                                                                       \
		  "only-crate",                                                            \
		  OPTION_STRING,                                                           \
		  &(o)->logical.only_crate,                                                \
		  "NAME",                                                                  \
		  "show this crate's functions only" },                                    \
	{                                                                                  \
		0, "skip-above", OPTION_STRING, &(o)->logical.skip_above, "FUNCTION",      \
			"drop what is above this function"                                 \
	}

/* How text is shown; `o` has limit, no_header and width. */
#define VIEW_TEXT_OPTIONS(o)                                                                       \
	{ 0,                                                                                       \
	  "percent-limit",                                                                         \
	  OPTION_CALL,                                                                             \
	  &(o)->limit,                                                                             \
	  "PERCENT",                                                                               \
	  "leave out what is smaller",                                                             \
	  .call = view_parse_percent },                                                            \
		{ 0, "no-header", OPTION_FLAG, &(o)->no_header, NULL, "no heading lines" },        \
	{                                                                                          \
		0, "width", OPTION_U64, &(o)->width, "COLUMNS",                                    \
			"cut names to this width; 0: never [the terminal's, or 80]", .max = 100000 \
	}

#define VIEW_NO_WIDTH UINT64_MAX /* --width was not given */

/* option_spec.call for shares: "5" or "5%" to 0.05. */
struct err *view_parse_percent(const char *value, void *where);
/* --sort self|total; NULL is self. */
ERR_MUST_CHECK struct err *view_order(const char *word, enum flat_order *order);
/* For stdout; sets the locale of characters, so that line drawing can be used where it is seen. */
void view_style(struct style *style, bool no_header, u64 width);

/* option_spec.call for lists of strings. */
struct err *view_add_string(const char *value, void *where);

void view_options_release(struct view_options *options);

struct view {
	struct crew *crew; /* that does its work */
	struct profile *profile;
	struct symbols *symbols;
	struct logical *logical;
	struct gathered *gathered; /* one an event; NULL before view_gather() */
};

/* Only the file, for what needs no names. NULL: aprof.data; a foreign recording is imported. */
ERR_MUST_CHECK struct err *view_profile(struct profile **out, const char *path);

/*
 * Opens `path` (NULL: aprof.data; a foreign recording is imported), with a notice for a profile
 * that is not whole. On an error nothing is left to close.
 */
ERR_MUST_CHECK struct err *view_open(struct view *view, const char *path,
				     struct view_options *options);
void view_close(struct view *view);

ERR_MUST_CHECK struct err *view_gather(struct view *view, struct label_set *labels,
				       const struct view_options *options, gather_each *each,
				       void *arg);

/* The event of that name, the first if NULL. An error that lists the names if there is none. */
ERR_MUST_CHECK struct err *view_event(const struct view *view, const char *name, u32 *event);

/* The labels that a user means by a function's name; an error with near names if there are none. */
ERR_MUST_CHECK struct err *view_functions(const struct label_set *labels, const char *pattern,
					  struct label_ids *out);

/* The one operand or -i, of a command that takes a single profile. */
ERR_MUST_CHECK struct err *view_input(const struct view_options *options,
				      const struct parsed *parsed, const char **path);

#endif
