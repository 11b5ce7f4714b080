/*
 * The logical name of a function: its source path, spelled the same whatever compiler, profile and
 * mangling made the binary.
 *
 *	DIE path                                       logical name
 *	shop::checkout::{async_fn#0}                   shop::checkout
 *	shop::checkout::{async_fn#0}::{closure#0}      shop::checkout::{closure#0}
 *	shop::{impl#4}::parse::{async_fn#0}            shop::Server::parse
 *	shop::{impl#5}::call::{async_block#0}          <shop::A as shop::Svc>::call::{async_block#0}
 *	shop::fetch::{async_fn#0}<shop::Cache>         shop::fetch<shop::Cache>
 *
 * Debug information hides the types of "{impl#N}", the mangled name has them.
 */
#ifndef APROF_ASYNC_NAME_H
#define APROF_ASYNC_NAME_H

#include <aprof/text.h>

#include "report/symbols/symbols.h"

struct name {
	struct text text; /* for a reader, without the marks _[?] and _[k] */
	/*
	 * For the tables: no generics, no numbers, every kind of closure "{closure}", a method of
	 * any implementation as Type::method, and one of a blanket implementation as Trait::method.
	 */
	struct text key;
	/* Bare path of the trait whose method this is, if it is one's; else empty. */
	struct text trait;
};

void name_release(struct name *name);

struct names;

struct names *names_new(const struct symbols *symbols);
void names_free(struct names *names);

/* For one more thread; names_ready() comes first. */
void names_ready(struct names *names);
struct names *names_share(struct names *names);
void names_unshare(struct names *share);

/* Fills `out`, whose texts are replaced. */
void name_function(struct names *names, const struct function *f, struct name *out);

#endif
