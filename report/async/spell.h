/* How paths and types are spelled: the writer that every logical name is made with. */
#ifndef APROF_ASYNC_SPELL_H
#define APROF_ASYNC_SPELL_H

#include <aprof/text.h>

#include "report/async/memo.h"
#include "report/async/path.h"

enum spelling {
	/* For a reader: arguments kept, async fns by their path, blocks and closures numbered. */
	SPELL_LOGICAL,
	/* Where nothing is known: no arguments, "{closure}" for each body. */
	SPELL_BARE,
	/* For the tables: as bare, and "<A as B>" and "<impl B for A>" are just A. */
	SPELL_KEY,
	/* To compare a type of a v0 symbol with one of debug information: "{closure#N}". */
	SPELL_COMPARE,
};

/*
 * The arguments of a generic function, as debug information lists them: first those of the
 * implementation, then its own. Used while its Self type is written: legacy symbols print the
 * parameters' names there ("Retry<F>"), v0 symbols the arguments, in words of their own.
 */
struct arguments {
	struct span args[32];
	size_t count;
	u32 used; /* bits: is written in the Self type */
	bool by_name; /* legacy: the n-th name that is seen stands for args[n] */
	bool blank; /* write "_" for each: what is written serves all instances */
	struct span names[32]; /* the names seen so far */
	size_t name_count;
};

/* Who knows what stands behind "module, shop::{impl#4}"; NULL where it is not known. */
struct impl_names {
	const char *(*find)(void *arg, struct span path, enum spelling spelling);
	void *arg;
	struct memo *memo; /* of what was spelled with these; NULL: there is none */
	u32 module;
};

struct speller {
	struct text *out;
	const struct impl_names *impls;
	struct arguments *arguments; /* NULL: nothing is replaced */
	enum spelling spelling;
	bool in_self; /* at the outside of a Self type: "GenFuture" itself is meant */
	int depth;
	bool cut; /* something was too deep: elsewhere it would not be */
};

void spell_type(struct speller *sp, struct span type);
void spell_arguments(struct speller *sp, struct span args);
void spell_path(struct speller *sp, struct span path);
/* "::serve", or nothing for what is no name of the source: "{async_fn#0}". */
void spell_component(struct speller *sp, struct span base);
/* The Self of an implementation: "<A as B>", "shop::Server". */
void spell_self(struct speller *sp, struct self_type self);
/* The same for keys: the type, or the trait where it is implemented for std's or pathless types. */
void spell_self_key(struct speller *sp, struct self_type self, bool blanket);

/* Adds the arguments of a DIE's name: lifetimes are none. */
void arguments_collect(struct arguments *a, struct span args);
/* What a list of arguments leaves out: lifetimes and the global allocator ... */
bool argument_is_lifetime(struct span arg);
bool argument_is_silent(struct span arg);
/* ... and a symbol's parameters whose argument is one of these, or is not known. */
bool argument_is_left_out(struct speller *sp, struct span arg);
/* Writes the argument that a type of the symbol stands for; false if it stands for none. */
bool spell_replaced(struct speller *sp, struct span type);
/* A single word that is no primitive type: what legacy symbols call a generic parameter. */
bool is_parameter(struct span type);
/* A type that has no path of its own: "&T", "[T]", "u8", "T", a closure's. */
bool is_pathless(struct span type);

#endif
