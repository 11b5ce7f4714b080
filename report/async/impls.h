/*
 * What stands behind "{impl#N}".
 *
 * A DIE path numbers the implementations of a module, and the symbol of each function in one says
 * whose it is. A function's own symbol is the best source; for the types of closures and bodies,
 * which have no symbol, any function of the same implementation serves.
 */
#ifndef APROF_ASYNC_IMPLS_H
#define APROF_ASYNC_IMPLS_H

#include <aprof/intern.h>

#include "report/async/spell.h"
#include "report/symbols/symbols.h"

/* The components of a path, and where its last "{impl#N}" stands. */
struct parsed_path {
	struct span text;
	struct component_vec parts;
	size_t impl; /* index; parts.len if there is none */
};

struct parsed_path parsed_path(const char *path);
void parsed_release(struct parsed_path *p);

/*
 * The Self of a method: what is left of a symbol when as many scopes are taken off its end as the
 * DIE path has behind its implementation. False if they do not match.
 */
bool self_of_symbol(const struct parsed_path *die, size_t behind, const struct parsed_path *symbol,
		    struct self_type *self);

/* Is there a symbol that says more than the DIE path does? */
bool has_linkage(const struct function *f);

struct impl_name {
	char *text; /* "<shop::A as shop::Svc>", "shop::Server": without arguments */
	char *key;
};

struct impls {
	const struct symbols *symbols;
	struct intern prefixes; /* "MODULE:shop::{impl#4}" */
	struct VEC(struct impl_name) list; /* by id in prefixes */
	struct intern traits; /* "MODULE:shop::Svc": what functions of this profile implement */
	bool collected;
	struct impl_names lookup; /* for spellers; with the module of the function that is being named */
};

void impls_init(struct impls *impls, const struct symbols *symbols);
void impls_release(struct impls *impls);
/* Types of other functions' arguments need all implementations: done when they are first asked for. */
void impls_collect(struct impls *impls);
/* For one more thread, once all are collected: what is shared does not change any more. */
void impls_share(struct impls *share, struct impls *impls);

/* Appends the key of a Self (spell_self_key()). */
void impls_self_key(struct text *out, const struct impls *impls, struct self_type self,
		    bool blanket);
/* Does a function of the current module implement the trait? */
bool impls_have_trait(struct impls *impls, struct span trait);

#endif
