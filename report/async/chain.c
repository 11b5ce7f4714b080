/* From the links of a stack to the part of it that belongs to one task. */
#include "report/async/chain.h"

void chain_release(struct chain *chain)
{
	vec_release(&chain->links);
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
		if (is_awaited(link->role) && link->kind->owner == NO_ID)
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

void chain_read(struct chain *chain, const struct links *links, u32 stack)
{
	size_t n;

	links_of_stack(links, stack, &chain->links);
	n = chain->links.len;
	chain->ended_early = n && chain->links.data[n - 1].role == ROLE_END;
	hide_combinators(chain);
	find_root(chain);
	if (!chain_has_task(chain) && promote_framework(chain))
		find_root(chain);
}
