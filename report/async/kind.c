/* Classifies functions by their own DIE name and by the tables. */
#include "report/async/kind.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/text.h>

#include "report/async/path.h"

/*
 * The code of an async fn, block or closure, by the DIE's own name: the arguments of other
 * functions hold the same text. rust-lang/rust#92873 (1.60) brought these names.
 */
static const struct {
	const char *name;
	bool block;
} body_names[] = {
	{ "{async_fn#", false },     { "{async_block#", true }, { "{async_closure#", true },
	{ "{synthetic#", false },    { "{generator#", true },	{ "{coroutine#", true },
	{ "{async_gen_fn#", false }, { "{async_gen_block#", true },
};

static bool is_body(const struct function *f, bool *block)
{
	for (size_t i = 0; i < ARRAY_LEN(body_names); i++) {
		if (starts_with(f->name, body_names[i].name)) {
			*block = body_names[i].block;
			return true;
		}
	}
	return false;
}

static bool is_poll(struct named name)
{
	return (strcmp(name.trait, "core::future::future::Future") == 0 &&
		ends_with(name.key, "::poll")) ||
	       (strcmp(name.trait, "futures_core::stream::Stream") == 0 &&
		ends_with(name.key, "::poll_next"));
}

/* A body of a library is shown, one of a framework or runtime has the role of its crate. */
static u8 role_of_body(u8 role)
{
	switch (role) {
	case ROLE_FRAMEWORK:
	case ROLE_RUNTIME:
	case ROLE_BLOCK_ON:
	case ROLE_SPAWN:
	case ROLE_BLOCKING:
		return role;
	default:
		return ROLE_BODY;
	}
}

static void classify_rust(struct kind *kind, struct named name)
{
	const struct pattern *pattern = pattern_find(name.key);
	const struct owner *owner = owner_find(name.key);

	kind->role = ROLE_USER;
	if (owner)
		kind->owner_label = owner->label;
	if (pattern)
		kind->role = pattern->role;
	else if (owner)
		kind->role = owner->role;
	else if (is_standard_library(name.key))
		kind->role = ROLE_STD;
	else if (is_poll(name))
		kind->role = ROLE_FUTURE;
	if (kind->body)
		kind->role = role_of_body(kind->role);
}

/* "shop::f::{async_fn#0}" of "shop::f::{async_fn#0}<u8>" */
static struct span path_without_arguments(const struct function *f)
{
	struct span name = span_of(f->name ? f->name : ""), path = span_of(f->path);
	size_t base = span_find(name, name.len && name.at[0] == '{' ? span_group(name, 0) : 0, "<");

	return name.len <= path.len ? span_first(path, path.len - name.len + base) : path;
}

/* "run<blocking::unblock::{async_block_env#0}<…>, …>": the task is of a function in a blocking row. */
static bool unblocks(const struct function *f)
{
	const char *task = strchr(f->name, '<'), *end = task ? strstr(task, "::{") : NULL;
	const struct pattern *pattern;
	struct text key = { 0 };

	if (!end)
		return false;
	text_add_n(&key, task + 1, (size_t)(end - task - 1));
	pattern = pattern_find(text_str(&key));
	text_release(&key);
	return pattern && pattern->role == ROLE_BLOCKING;
}

static void fill_rust(const struct function *f, struct named name, struct kind *kind)
{
	const char *colons = strstr(name.key, "::");

	kind->crate = span_of(name.key);
	if (colons)
		kind->crate.len = (size_t)(colons - name.key);
	kind->key = name.key;
	kind->generator = starts_with(name.key, "core::future::from_generator::");
	if (f->source == SYMBOL_DWARF) {
		kind->body = is_body(f, &kind->block);
		kind->closure = starts_with(f->name, "{closure#");
		kind->path = path_without_arguments(f);
		kind->file = f->file;
	} else {
		kind->unsure = true;
	}
	kind->shared = f->shared;
	classify_rust(kind, name);
	kind->unblocks = kind->role == ROLE_SPAWN && unblocks(f);
}

/* The name with its marks. */
static u32 marked_name(struct kinds *kinds, const struct kind *kind, const char *name)
{
	struct text text CLEANUP(text_release) = { 0 };

	if (!kind->unsure && !kind->shared && kind->role != ROLE_KERNEL)
		return intern_id(&kinds->strings, name);
	text_add(&text, name);
	if (kind->unsure || kind->shared)
		text_add(&text, "_[?]");
	else
		text_add(&text, "_[k]");
	return intern_bytes(&kinds->strings, text_str(&text), text.len);
}

/* All but the name: threads do this beside each other. */
static void fill(void *arg, u32 function, struct named name)
{
	struct kinds *kinds = arg;
	const struct function *f = &kinds->symbols->functions[function];
	struct kind *kind = &kinds->kinds[function];

	*kind = (struct kind){
		.key = "",
		.role = ROLE_FOREIGN,
		.nameless = f->source == SYMBOL_LINES,
	};
	if (f->source == SYMBOL_END)
		kind->role = ROLE_END;
	else if (f->source == SYMBOL_KERNEL)
		kind->role = ROLE_KERNEL;
	else if (f->is_rust && f->source != SYMBOL_NONE && f->source != SYMBOL_JIT)
		fill_rust(f, name, kind);
	kind->thread_start = kind->role != ROLE_KERNEL && kind->role != ROLE_END &&
			     is_thread_start(name.key);
}

void kinds_init(struct kinds *kinds, const struct symbols *symbols, struct crew *crew)
{
	*kinds = (struct kinds){ .symbols = symbols };
	pthread_mutex_init(&kinds->lock, NULL);
	intern_init(&kinds->strings);
	intern_init(&kinds->sources);
	sites_init(&kinds->sites);
	kinds->kinds = xcalloc(symbols->function_count, sizeof *kinds->kinds);
	kinds->names = named_all_new(symbols, crew, fill, kinds);
	for (u32 i = 0; i < symbols->function_count; i++) {
		struct kind *kind = &kinds->kinds[i];

		kind->name = marked_name(kinds, kind, named_of(kinds->names, i).text);
		kind->owner = kind->owner_label ? intern_id(&kinds->strings, kind->owner_label) :
						  NO_ID;
	}
}

u32 kinds_unsure_name(struct kinds *kinds, u32 name)
{
	struct text text = { 0 };
	u32 id;

	pthread_mutex_lock(&kinds->lock);
	text_printf(&text, "%s_[?]", intern_text(&kinds->strings, name));
	id = intern_bytes(&kinds->strings, text_str(&text), text.len);
	pthread_mutex_unlock(&kinds->lock);
	text_release(&text);
	return id;
}

void kinds_release(struct kinds *kinds)
{
	pthread_mutex_destroy(&kinds->lock);
	intern_release(&kinds->strings);
	intern_release(&kinds->sources);
	sites_release(&kinds->sites);
	named_all_free(kinds->names);
	free(kinds->kinds);
}

/* "shop:src/main.rs" */
static struct text source_key(const struct function *f, const char *file)
{
	const char *colons = strstr(f->path, "::");
	struct text key = { 0 };

	text_add_n(&key, f->path, colons ? (size_t)(colons - f->path) : strlen(f->path));
	text_char(&key, ':');
	text_add(&key, file);
	return key;
}

static void collect_sources(struct kinds *kinds)
{
	kinds->have_sources = true;
	for (u32 i = 0; i < kinds->symbols->function_count; i++) {
		const struct function *f = &kinds->symbols->functions[i];
		struct text key;

		if (f->source != SYMBOL_DWARF || !f->is_rust || !f->file ||
		    (f->name[0] == '{' && !starts_with(f->name, "{async_fn#")))
			continue;
		key = source_key(f, f->file);
		intern_bytes(&kinds->sources, text_str(&key), key.len);
		text_release(&key);
	}
}

bool kinds_wrote(struct kinds *kinds, u32 function, const char *file)
{
	const struct function *f = &kinds->symbols->functions[function];
	struct text key;
	bool found;

	if (!f->file || strcmp(f->file, file) == 0)
		return true;
	if (!kinds->have_sources)
		collect_sources(kinds);
	key = source_key(f, file);
	found = intern_find(&kinds->sources, text_str(&key), key.len) != NO_ID;
	text_release(&key);
	return found;
}
