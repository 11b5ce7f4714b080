/* From a stack of frames to the part of it that belongs to one task. */
#include "report/async/chain.h"

void chain_release(struct chain *chain)
{
	vec_release(&chain->links);
}

static void add_link(struct chain *chain, const struct symbols *symbols, struct kinds *kinds,
		     const struct source_frame *from, bool missing)
{
	const struct kind *kind;

	if (from->function >= symbols->function_count)
		return;
	kind = kind_of(kinds, from->function);
	if (kind->nameless && from->inlined)
		return;
	*vec_push(&chain->links) = (struct link){
		.function = from->function,
		.line = from->line,
		.column = from->column,
		.file = from->file,
		.kind = kind,
		.role = kind->role,
		.inlined = from->inlined,
		.missing = missing,
	};
}

static void expand_frame(struct chain *chain, const struct symbols *symbols, struct kinds *kinds,
			 u32 frame)
{
	for (u32 i = symbols->first[frame]; i < symbols->first[frame + 1]; i++)
		add_link(chain, symbols, kinds, &symbols->source_frames[i], false);
}

/* Code that bodies are inlined into: what calls them. */
static bool polls(u8 role)
{
	switch (role) {
	case ROLE_BODY:
	case ROLE_FUTURE:
	case ROLE_GLUE:
	case ROLE_POLL_FN:
	case ROLE_INSTRUMENTED:
	case ROLE_SPAWN:
	case ROLE_BLOCK_ON:
	case ROLE_BLOCKING:
		return true;
	default:
		return false;
	}
}

/*
 * LLVM gives code that it made one of two places line 0, and the function around both: which of the
 * bodies that are inlined there it stands for is lost (DILocation::getMergedLocation).
 */
static void mark_merged(struct chain *chain, size_t first)
{
	struct link *links = chain->links.data;
	size_t last = chain->links.len - 1;

	for (size_t i = first ? first : 1; i <= last; i++)
		links[i].merged = polls(links[i].role) && !links[i].line && links[i].file;
	/* GenFuture::poll has one argument: the body. Two of them poll two bodies. */
	if (last > first && links[last].kind->shared && links[last].kind->generator)
		links[last - 1].merged = true;
}

/* What tail calls left out between the stack's innermost frame and its caller. */
static void expand_missing(struct chain *chain, const struct symbols *symbols, struct kinds *kinds,
			   u32 stack)
{
	u32 way = symbols->missing_of ? symbols->missing_of[stack] : NO_ID;

	if (way == NO_ID)
		return;
	for (u32 i = symbols->missing_first[way]; i < symbols->missing_first[way + 1]; i++)
		add_link(chain, symbols, kinds, &symbols->missing[i], true);
}

static void expand(struct chain *chain, const struct profile *profile,
		   const struct symbols *symbols, struct kinds *kinds, u32 stack)
{
	chain->links.len = 0;
	while (stack < profile->stack_count) {
		u32 parent = profile->stacks[stack].parent;
		size_t first = chain->links.len;

		expand_frame(chain, symbols, kinds, profile->stacks[stack].frame);
		if (chain->links.len > first)
			mark_merged(chain, first);
		expand_missing(chain, symbols, kinds, stack);
		/* Parents come before their children, so this ends. */
		if (parent >= stack)
			break;
		stack = parent;
	}
}

static bool is_awaited(u8 role)
{
	return role == ROLE_BODY || role == ROLE_FUTURE;
}

/* A body below drop glue is not awaited by what is above it: it is code that a drop runs. */
static void demote(struct chain *chain, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (is_awaited(chain->links.data[i].role))
			chain->links.data[i].role = ROLE_USER;
}

static size_t outermost(const struct chain *chain, size_t end, u8 role)
{
	for (size_t i = end; i-- > 0;)
		if (chain->links.data[i].role == role)
			return i;
	return chain->links.len;
}

/* A body; where there is none, a hand-written future. */
static size_t outermost_awaited(const struct chain *chain, size_t end)
{
	size_t body = outermost(chain, end, ROLE_BODY);

	return body < chain->links.len ? body : outermost(chain, end, ROLE_FUTURE);
}

/*
 * A library's coroutine says what is awaited, unless it awaits the user's code in turn: then it is
 * glue, as a combinator that is a plain future would be (async_std::future::timeout).
 */
static void hide_combinators(struct chain *chain)
{
	bool inside = false;

	vec_each(&chain->links, link) {
		if (is_awaited(link->role) && !link->kind->owner)
			inside = true;
		else if (link->role == ROLE_BODY && inside)
			link->role = ROLE_GLUE;
		else if (link->role == ROLE_SPAWN)
			inside = false;
	}
}

/*
 * The closure that a thread for blocking work runs: the first function inside of the boundary that
 * is more than a call. chain->links.len if it is the runtime's own: tokio's workers run so.
 */
static size_t blocking_root(const struct chain *chain, size_t boundary)
{
	for (size_t i = boundary; i-- > 0;) {
		switch (chain->links.data[i].role) {
		case ROLE_STD:
		case ROLE_SHIM:
		case ROLE_BLOCKING:
			continue;
		case ROLE_USER:
		case ROLE_GLUE:
		case ROLE_FRAMEWORK:
			return i;
		default:
			return chain->links.len;
		}
	}
	return chain->links.len;
}

/* Reads outwards until a boundary has a body, or a blocking closure, inside. */
static void find_root(struct chain *chain)
{
	const struct link *links = chain->links.data;
	size_t n = chain->links.len, since = 0, root;

	chain->bounded = false;
	for (size_t i = 0; i < n; i++) {
		switch (links[i].role) {
		case ROLE_DROP:
			demote(chain, since, i);
			break;
		case ROLE_BLOCK_ON:
			since = i + 1;
			break;
		case ROLE_BLOCKING:
			root = blocking_root(chain, i);
			if (root == n)
				break;
			chain->root = root;
			chain->bounded = true;
			return;
		case ROLE_SPAWN:
			since = i + 1;
			chain->root = outermost_awaited(chain, i);
			chain->bounded = chain->root < n;
			if (!chain->bounded && links[i].merged && links[i].kind->unblocks) {
				chain->root = blocking_root(chain, i);
				chain->bounded = chain->root < n;
			}
			if (chain->bounded)
				return;
			break;
		default:
			break;
		}
	}
	chain->root = outermost_awaited(chain, n);
}

/* A stack whose only bodies are a framework's is that framework's task. */
static bool promote_framework(struct chain *chain)
{
	bool any = false;

	vec_each(&chain->links, link) {
		if (link->role == ROLE_FRAMEWORK && link->kind->body) {
			link->role = ROLE_BODY;
			any = true;
		}
	}
	return any;
}

void chain_read(struct chain *chain, const struct profile *profile, const struct symbols *symbols,
		struct kinds *kinds, u32 stack)
{
	size_t n;

	expand(chain, profile, symbols, kinds, stack);
	n = chain->links.len;
	chain->ended_early = n && chain->links.data[n - 1].role == ROLE_END;
	hide_combinators(chain);
	find_root(chain);
	if (!chain_has_task(chain) && promote_framework(chain))
		find_root(chain);
}
