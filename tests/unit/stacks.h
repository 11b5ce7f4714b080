/*
 * Physical stacks for tests, from text: one line a source frame, leaf first.
 *
 *	SOURCE PATH [= LINKAGE] [@ FILE:LINE[,COLUMN]] [of FILE]
 *
 * SOURCE is d (DWARF), s (DWARF; the code is another function's as well), t (symbol table), l (lines
 * only), n (nothing), c (C), k (kernel), e (early end); "+d" is inlined into the line below. PATH is the DIE's, or the symbol's demangled name.
 * LINKAGE is what the mangled name demangles to ("v0:" before it: in v0's spelling). FILE:LINE is
 * where the frame stands, and "of FILE" where the function was declared ("src/main.rs" by default).
 */
#ifndef APROF_UNIT_STACKS_H
#define APROF_UNIT_STACKS_H

#include <aprof/alloc.h>
#include <aprof/arena.h>
#include <aprof/text.h>
#include <aprof/vec.h>

#include "report/async/logical.h"
#include "report/async/path.h"
#include "tests/unit/check.h"

struct stacks {
	struct arena arena;
	struct VEC(struct function) functions;
	struct VEC(struct source_frame) source_frames;
	struct VEC(u32) first;
	struct VEC(struct frame) frames;
	struct VEC(struct profile_stack) stacks;
	struct profile_thread threads[2];
	struct profile profile;
	struct symbols symbols;
};

static inline char *stacks_cut(char *line, const char *mark)
{
	char *at = strstr(line, mark);

	if (!at)
		return NULL;
	*at = '\0';
	return at + strlen(mark);
}

static inline enum symbol_source stacks_source(char c)
{
	switch (c) {
	case 'd':
	case 's': return SYMBOL_DWARF;
	case 't': return SYMBOL_TABLE;
	case 'l': return SYMBOL_LINES;
	case 'n': return SYMBOL_NONE;
	case 'k': return SYMBOL_KERNEL;
	case 'e': return SYMBOL_END;
	case 'c': return SYMBOL_TABLE;
	default:
		fprintf(stderr, "no such source: %c\n", c);
		abort();
	}
}

/* The last component, with its generics. */
static inline const char *stacks_own_name(const char *path)
{
	struct component_vec parts = { 0 };
	size_t start = 0;

	path_parse(span_of(path), &parts);
	if (parts.len > 1)
		start = parts.data[parts.len - 2].end + 2;
	vec_release(&parts);
	return path + start;
}

static inline u32 stacks_function(struct stacks *s, char kind, char *path, char *linkage,
				  const char *file)
{
	struct function f = { .source = stacks_source(kind), .path = path, .file = file };

	f.is_rust = strchr("dstl", kind) != NULL;
	f.shared = kind == 's';
	if (linkage && starts_with(linkage, "v0:")) {
		linkage += 3;
		f.mangling = MANGLING_RUST_V0;
	} else if (linkage) {
		f.mangling = MANGLING_RUST_LEGACY;
	} else if (strchr("tl", kind)) {
		f.mangling = MANGLING_RUST_LEGACY;
		linkage = path;
	}
	f.linkage = linkage;
	f.demangled = linkage ? linkage : path;
	f.name = f.source == SYMBOL_DWARF ? stacks_own_name(path) : path;
	for (u32 i = 0; i < s->functions.len; i++) {
		const struct function *g = &s->functions.data[i];

		if (g->source == f.source && g->shared == f.shared && !strcmp(g->path, path) &&
		    !strcmp(g->demangled, f.demangled))
			return i;
	}
	f.id = (u32)s->functions.len;
	*vec_push(&s->functions) = f;
	return f.id;
}

/* Adds one line; true if it ends a physical frame. */
static inline bool stacks_line(struct stacks *s, const char *text)
{
	char *line = arena_strdup(&s->arena, text);
	bool inlined = *line == '+';
	struct source_frame frame = { .inlined = inlined };
	char *declared, *site, *linkage;

	line += inlined;
	declared = stacks_cut(line, " of ");
	site = stacks_cut(line, " @ ");
	linkage = stacks_cut(line, " = ");
	if (site) {
		char *colon = strrchr(site, ':');

		*colon = '\0';
		frame.file = site;
		frame.line = (u32)atoi(colon + 1);
		colon = strchr(colon + 1, ',');
		frame.column = colon ? (u32)atoi(colon + 1) : 0;
	}
	frame.function = stacks_function(s, line[0], line + 2, linkage,
					 declared ? declared : "src/main.rs");
	*vec_push(&s->source_frames) = frame;
	return !inlined;
}

/* Adds a stack, leaf first, and returns its id. */
static inline u32 stacks_add(struct stacks *s, const char *text)
{
	u32 first = (u32)s->frames.len, parent = NO_ID;
	char *copy = arena_strdup(&s->arena, text), *line;

	*vec_push(&s->first) = (u32)s->source_frames.len;
	while ((line = strsep(&copy, "\n"))) {
		while (*line == '\t' || *line == ' ')
			line++;
		if (*line && stacks_line(s, line)) {
			*vec_push(&s->frames) = (struct frame){ .offset = s->frames.len };
			*vec_push(&s->first) = (u32)s->source_frames.len;
		}
	}
	s->first.len--;
	for (u32 i = (u32)s->frames.len; i-- > first;) {
		*vec_push(&s->stacks) = (struct profile_stack){ .parent = parent, .frame = i };
		parent = (u32)s->stacks.len - 1;
	}
	return parent;
}

/* Fills in profile and symbols: after the last stacks_add(). */
static inline void stacks_ready(struct stacks *s)
{
	*vec_push(&s->first) = (u32)s->source_frames.len;
	s->threads[0] = (struct profile_thread){ .comm = "worker" };
	s->threads[1] = (struct profile_thread){ .comm = "main" };
	s->profile = (struct profile){
		.frames = s->frames.data, .frame_count = (u32)s->frames.len,
		.stacks = s->stacks.data, .stack_count = (u32)s->stacks.len,
		.threads = s->threads, .thread_count = 2,
	};
	s->symbols = (struct symbols){
		.functions = s->functions.data, .function_count = (u32)s->functions.len,
		.source_frames = s->source_frames.data, .first = s->first.data,
	};
}

static inline void stacks_release(struct stacks *s)
{
	vec_release(&s->functions);
	vec_release(&s->source_frames);
	vec_release(&s->first);
	vec_release(&s->frames);
	vec_release(&s->stacks);
	arena_release(&s->arena);
}

/*
 * The steps as text, root first: "a;b;c". With `sites`, async steps as "a (FILE:LINE)", and
 * "a (FILE:LINE*)" where the site is a macro's, "a (FILE:LINE~)" where the await may be below.
 */
static inline char *stacks_text(struct logical *logical, const struct logical_stack *stack,
				bool sites)
{
	static const char *const marks[] = {
		[SITE_SURE] = "", [SITE_MACRO] = "*", [SITE_NEAR] = "~"
	};
	const struct step *steps = stack->steps;
	struct text t = { 0 };

	for (u32 i = 0; i < stack->count; i++) {
		text_printf(&t, "%s%s", i ? ";" : "", logical_name(logical, steps[i].name));
		if (sites && (steps[i].kind == STEP_ASYNC || steps[i].kind == STEP_FUTURE))
			text_printf(&t, " (%s:%u%s)", steps[i].site_file ? steps[i].site_file : "",
				    steps[i].site_line, marks[steps[i].site_mark]);
	}
	return text_take(&t);
}

static inline char *stacks_map_once(const char *text, const struct logical_options *options,
				    bool sites, struct logical_stack *out)
{
	struct stacks s = { 0 };
	struct logical *logical = NULL;
	const struct logical_stack *stack;
	u32 id = stacks_add(&s, text);
	struct err *err;
	char *got;

	stacks_ready(&s);
	err = logical_new(&logical, &s.profile, &s.symbols, options);
	if (err) {
		got = xstrdup(err->message);
		err_free(err);
	} else {
		stack = logical_map(logical, id, 0);
		got = stacks_text(logical, stack, sites);
		if (out)
			*out = *stack;
	}
	logical_free(logical);
	stacks_release(&s);
	return got;
}

/*
 * Maps one stack of text with `options`; the logical stack is copied to `out` if not NULL. Stacks that
 * are mapped ahead must be the same.
 */
static inline char *stacks_map(const char *text, const struct logical_options *options, bool sites,
			       struct logical_stack *out)
{
	struct logical_options ahead = *options;
	char *got = stacks_map_once(text, options, sites, out), *again;

	ahead.ahead = ahead.without_sites = true;
	again = stacks_map_once(text, &ahead, false, NULL);
	if (!sites)
		CHECK_STR(again, got);
	free(again);
	return got;
}

#define CHECK_CHAIN(text, want)                                                             \
	do {                                                                                \
		struct logical_options options_ = { 0 };                                    \
		char *got_ = stacks_map(text, &options_, false, NULL);                      \
		check_str_(got_, want, "chain", __FILE__, __LINE__);                        \
		free(got_);                                                                 \
	} while (0)

#define CHECK_SITES(text, want)                                                             \
	do {                                                                                \
		struct logical_options options_ = { 0 };                                    \
		char *got_ = stacks_map(text, &options_, true, NULL);                       \
		check_str_(got_, want, "sites", __FILE__, __LINE__);                        \
		free(got_);                                                                 \
	} while (0)

#endif
