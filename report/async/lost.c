/* Tells whether a task's root may have been inlined into merged code of the runtime that polls it. */
#include "report/async/lost.h"

#include <string.h>

#include <aprof/text.h>

static bool is_boundary(u8 role)
{
	return role == ROLE_SPAWN || role == ROLE_BLOCK_ON || role == ROLE_BLOCKING;
}

/* The arguments of a function: "<shop::f::{async_fn_env#0}, u8>"; "" if it has none. */
static const char *arguments_of(const struct symbols *symbols, const struct link *link)
{
	const char *args = strchr(symbols->functions[link->function].name, '<');

	return args ? args : "";
}

/* "run<shop::f::{async_fn_env#0}, …>" polls shop::f::{async_fn#0}, be it wrapped or not. */
static bool names_body(const struct symbols *symbols, const struct link *link, const struct link *body)
{
	struct span path = body->kind->path;
	const char *number = path.len ? memrchr(path.at, '#', path.len) : NULL;
	struct text env = { 0 };
	bool found;

	if (!number || !body->kind->body)
		return false;
	text_add_n(&env, path.at, (size_t)(number - path.at));
	text_add(&env, "_env");
	text_add_n(&env, number, (size_t)(path.at + path.len - number));
	found = strstr(arguments_of(symbols, link), text_str(&env)) != NULL;
	text_release(&env);
	return found;
}

/* "run<shop::Wrapper<u8>, …>" calls shop::Wrapper::poll. */
static bool names_future(const struct symbols *symbols, const struct link *link, const struct link *callee)
{
	const char *args = arguments_of(symbols, link), *key = callee->kind->key;
	size_t n = *args ? strcspn(args + 1, "<,>") : 0;

	return n && strncmp(key, args + 1, n) == 0 && strcmp(key + n, "::poll") == 0;
}

bool root_is_lost(const struct chain *chain, const struct symbols *symbols)
{
	for (size_t i = chain->root + 1; i < chain->links.len; i++) {
		const struct link *link = &chain->links.data[i];

		if (link->merged && !names_body(symbols, link, &chain->links.data[chain->root]) &&
		    !names_future(symbols, link, link - 1))
			return true;
		if (is_boundary(link->role))
			break;
	}
	return false;
}
