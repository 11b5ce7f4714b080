/*
 * From links to steps.
 *
 * Read from the root inwards, the code of a task is the user's until glue is called, and glue's
 * until a body or other code of the user is called: std and foreign code belongs to its caller.
 */
#include "report/async/steps.h"

#include <string.h>

#include <aprof/text.h>

#include "report/async/lost.h"

enum show {
	SHOW_NOT,
	SHOW_STEP,
	SHOW_OWNER, /* "[tokio]" for it and all that is below it */
	SHOW_FOLDED, /* the block of #[instrument]: its site becomes the parent's */
};

struct walk {
	const struct chain *chain;
	struct kinds *kinds;
	size_t last_body; /* index of the innermost body */
	size_t last_user; /* index of the innermost function that is the user's */
	struct VEC(u8) macro; /* by link: a closure that join! or select! made */
	const struct link *body; /* the body that was shown last */
	bool glue; /* the caller is glue */
	bool instrumented; /* glue since `body` is an Instrumented */
	bool owned; /* an owner's frame was shown */
	bool sites; /* are wanted */
};

static struct step step_of(const struct link *link, u8 kind)
{
	return (struct step){
		.name = link->kind->name,
		.function = link->role == ROLE_END ? NO_ID : link->function,
		.site_line = link->line,
		.site_file = link->file,
		.kind = kind,
		.unsure = link->kind->unsure || link->kind->shared,
	};
}

static u8 plain_kind(const struct link *link)
{
	return link->role == ROLE_END ? STEP_END :
	       link->role == ROLE_KERNEL ? STEP_KERNEL : STEP_SYNC;
}

static bool is_awaited(const struct link *link)
{
	return link->role == ROLE_BODY || link->role == ROLE_FUTURE;
}

static bool is_glue(u8 role)
{
	switch (role) {
	case ROLE_GLUE:
	case ROLE_POLL_FN:
	case ROLE_INSTRUMENTED:
	case ROLE_FRAMEWORK:
	case ROLE_RUNTIME:
	case ROLE_BLOCK_ON:
	case ROLE_SPAWN:
	case ROLE_BLOCKING:
		return true;
	default:
		return false;
	}
}

static bool same_file(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/*
 * A closure polled by PollFn is a macro's if a body is polled through it, or if it was declared in
 * another file than the body it stands in. Closures inside of it are the macro's as well.
 */
static void find_macro_closures(struct walk *w)
{
	const struct link *links = w->chain->links.data;
	const struct link *body = &links[w->chain->root];
	bool polled = false;

	vec_resize(&w->macro, w->chain->links.len);
	for (size_t i = w->chain->root + 1; i-- > 0;) {
		if (is_awaited(&links[i]))
			body = &links[i];
		if (links[i].role == ROLE_POLL_FN)
			polled = true;
		else if (polled && links[i].kind->closure && links[i].role == ROLE_USER)
			w->macro.data[i] = i > w->last_body ||
					   !same_file(links[i].kind->file, body->kind->file);
		else if (links[i].role != ROLE_SHIM && links[i].role != ROLE_STD)
			polled = false;
	}
}

static void find_ends(struct walk *w)
{
	const struct link *links = w->chain->links.data;

	w->last_body = w->last_user = w->chain->root;
	for (size_t i = w->chain->root + 1; i-- > 0;)
		if (is_awaited(&links[i]))
			w->last_body = i;
	find_macro_closures(w);
	for (size_t i = w->chain->root + 1; i-- > 0;)
		if (is_awaited(&links[i]) || (links[i].role == ROLE_USER && !w->macro.data[i]))
			w->last_user = i;
}

/* `f` awaits through Instrumented the first block of its own: #[instrument] made it. */
static bool is_instrument_block(const struct walk *w, const struct link *link)
{
	struct span outer = w->body ? w->body->kind->path : (struct span){ 0 };
	struct span inner = link->kind->path;

	return w->instrumented && outer.len && link->kind->block && inner.len >= outer.len &&
	       memcmp(outer.at, inner.at, outer.len) == 0 &&
	       span_is(span_skip(inner, outer.len), "::{async_block#0}");
}

static enum show show_body(struct walk *w, const struct link *link)
{
	bool folded = is_instrument_block(w, link);

	w->body = link;
	w->glue = false;
	w->instrumented = false;
	return folded ? SHOW_FOLDED : SHOW_STEP;
}

/* What a library has its runtime do on a thread for blocking work: tokio::fs::metadata::{closure#0}. */
static bool is_blocking_root(const struct walk *w, size_t i)
{
	return i == w->chain->root && w->chain->bounded && w->chain->links.data[i].kind->closure;
}

static enum show show_glue(struct walk *w, size_t i)
{
	const struct link *link = &w->chain->links.data[i];

	w->glue = true;
	if (is_blocking_root(w, i)) {
		w->owned = true;
		return SHOW_STEP;
	}
	w->instrumented |= link->role == ROLE_INSTRUMENTED;
	if (i >= w->last_user || link->kind->owner == NO_ID || w->owned)
		return SHOW_NOT;
	w->owned = true;
	return SHOW_OWNER;
}

static enum show show_link(struct walk *w, size_t i)
{
	const struct link *link = &w->chain->links.data[i];

	if (is_awaited(link))
		return show_body(w, link);
	if (is_glue(link->role) || w->macro.data[i])
		return show_glue(w, i);
	switch (link->role) {
	case ROLE_USER:
		w->glue = false;
		return SHOW_STEP;
	case ROLE_STD:
		return !w->glue && i < w->last_body ? SHOW_STEP : SHOW_NOT;
	case ROLE_DROP:
		/* How many of them there are depends on the compiler: one says what is dropped. */
		return !w->glue && w->chain->links.data[i + 1].role != ROLE_DROP ? SHOW_STEP :
										   SHOW_NOT;
	case ROLE_FOREIGN:
		return !w->glue ? SHOW_STEP : SHOW_NOT;
	case ROLE_KERNEL:
		return SHOW_STEP;
	default:
		return SHOW_NOT;
	}
}

/* A body of the compilers whose sites end where what is awaited ends (sites.h). */
static bool is_generator(const struct walk *w, size_t i)
{
	return i + 1 < w->chain->links.len && w->chain->links.data[i + 1].kind->generator;
}

/* Is an await what leads inwards from here, and no block_on? */
static bool awaits(const struct walk *w, size_t i)
{
	const struct link *links = w->chain->links.data;

	while (i-- > 0) {
		if (is_awaited(&links[i]))
			return true;
		if (links[i].role == ROLE_BLOCK_ON || links[i].role == ROLE_DROP)
			return false;
	}
	return false;
}

static void find_await(const struct walk *w, struct step *step, u32 column)
{
	u32 line = step->site_file && step->site_line ?
			   sites_await_line(&w->kinds->sites, step->site_file, step->site_line,
					    column) : 0;

	if (line)
		step->site_line = line;
	else
		step->site_mark = SITE_NEAR;
}

/*
 * Where the user wrote the await: the body's own line. If that is a macro's, a closure of the macro
 * between it and the next step may still stand on a line of the user's.
 */
static void set_site(const struct walk *w, struct step *step, size_t i)
{
	const struct link *links = w->chain->links.data;
	u32 body = links[i].function;

	if (!w->sites)
		return;
	step->site_line = links[i].line;
	step->site_file = links[i].file;
	step->site_mark = SITE_SURE;
	if (links[i].file && !kinds_wrote(w->kinds, body, links[i].file))
		step->site_mark = SITE_MACRO;
	else if (is_generator(w, i) && awaits(w, i))
		find_await(w, step, links[i].column);
	for (size_t in = i; step->site_mark == SITE_MACRO && in-- > 0 && !is_awaited(&links[in]);) {
		if (!w->macro.data[in] || !links[in].line || !links[in].file ||
		    !kinds_wrote(w->kinds, body, links[in].file))
			continue;
		step->site_line = links[in].line;
		step->site_file = links[in].file;
		step->site_mark = SITE_SURE;
	}
}

/* What is inlined here is not known: as of a function that is known by its symbol. */
static void mark_unsure(const struct walk *w, struct step *step)
{
	step->name = kinds_unsure_name(w->kinds, step->name);
	step->unsure = true;
}

static void add_shown(struct step_vec *out, const struct walk *w, size_t i)
{
	const struct link *link = &w->chain->links.data[i];
	u8 kind = link->role == ROLE_BODY   ? STEP_ASYNC :
		  link->role == ROLE_FUTURE ? STEP_FUTURE : plain_kind(link);

	*vec_push(out) = step_of(link, kind);
	if (is_awaited(link))
		set_site(w, &out->data[out->len - 1], i);
	if (link->merged && !out->data[out->len - 1].unsure)
		mark_unsure(w, &out->data[out->len - 1]);
}

/*
 * Code that is hidden had the code of two bodies merged into it: what was inlined there is lost, and
 * the step that awaits it is what is left to say so.
 */
static void mark_awaiter(struct step_vec *out, size_t first, const struct walk *w, size_t i)
{
	struct step *step = out->len > first ? &out->data[out->len - 1] : NULL;

	if (w->chain->links.data[i].merged && i > w->last_user && step && !step->unsure)
		mark_unsure(w, step);
}

static void add_owner(struct step_vec *out, const struct link *link)
{
	*vec_push(out) = (struct step){
		.name = link->kind->owner,
		.function = NO_ID,
		.kind = STEP_OWNER,
	};
}

/* The step of the body that awaits a folded block: glue may have been shown behind it. */
static void fold(struct step_vec *out, size_t first, const struct walk *w, size_t i)
{
	for (size_t at = out->len; at-- > first;) {
		if (out->data[at].kind == STEP_ASYNC) {
			set_site(w, &out->data[at], i);
			return;
		}
	}
}

void steps_of_task(struct step_vec *out, const struct chain *chain, struct kinds *kinds,
		   bool show_glue, bool sites)
{
	struct walk w = { .chain = chain, .kinds = kinds, .sites = sites };
	size_t first = out->len;

	find_ends(&w);
	for (size_t i = chain->root + 1; i-- > 0;) {
		switch (show_link(&w, i)) {
		case SHOW_STEP:
			add_shown(out, &w, i);
			break;
		case SHOW_FOLDED:
			fold(out, first, &w, i);
			if (show_glue)
				*vec_push(out) = step_of(&chain->links.data[i], STEP_GLUE);
			break;
		case SHOW_OWNER:
			if (!show_glue) {
				add_owner(out, &chain->links.data[i]);
				break;
			}
			__attribute__((fallthrough));
		case SHOW_NOT:
			mark_awaiter(out, first, &w, i);
			if (show_glue)
				*vec_push(out) = step_of(&chain->links.data[i], STEP_GLUE);
			break;
		}
	}
	if (out->len > first && !out->data[first].unsure && root_is_lost(chain, kinds->symbols))
		mark_unsure(&w, &out->data[first]);
	vec_release(&w.macro);
}

/* Frames that a thread begins with. C's main() is one if Rust's runtime is what it calls. */
static size_t behind_start(const struct chain *chain)
{
	const struct link *links = chain->links.data;
	size_t n = chain->links.len - (chain->ended_early ? 1 : 0);

	if (chain->ended_early)
		return n;
	while (n > 0) {
		const struct link *link = &links[n - 1];
		bool rust_main = link->role == ROLE_FOREIGN && n > 1 &&
				 links[n - 2].kind->thread_start && links[n - 2].kind->crate.len;

		if (!link->kind->thread_start && !rust_main)
			break;
		n--;
	}
	return n;
}

void steps_of_plain(struct step_vec *out, const struct chain *chain, u32 thread_name)
{
	size_t n = behind_start(chain);

	*vec_push(out) = (struct step){ .name = thread_name, .function = NO_ID,
					.kind = STEP_THREAD };
	if (chain->ended_early)
		*vec_push(out) = step_of(&chain->links.data[chain->links.len - 1], STEP_END);
	for (size_t i = n; i-- > 0;)
		*vec_push(out) = step_of(&chain->links.data[i],
					 plain_kind(&chain->links.data[i]));
}

void steps_of_physical(struct step_vec *out, const struct chain *chain)
{
	for (size_t i = chain->links.len; i-- > 0;)
		if (!chain->links.data[i].missing)
			*vec_push(out) = step_of(&chain->links.data[i],
						 plain_kind(&chain->links.data[i]));
}
