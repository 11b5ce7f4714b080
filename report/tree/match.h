/*
 * Names that say less than others of the same function: which certain name an uncertain one means.
 *
 * Without DWARF a body `shop::f`, a block `shop::f::{async_block#0}` and a closure all are
 * `shop::f::{closure}_[?]`, and generic arguments are gone. What is left out matches anything, and
 * counts only where one function of the other profile is meant.
 */
#ifndef APROF_TREE_MATCH_H
#define APROF_TREE_MATCH_H

#include <aprof/text.h>

#include "report/tree/calltree.h"

/*
 * For each label its id, or, for one that is unsure in `tree`, the one sure label of `other` that
 * it means. Both trees use the same labels. Owned by the caller; labels->names.count entries.
 */
u32 *match_unsure(const struct calltree *tree, const struct calltree *other);

/*
 * The name as a symbol without DWARF would spell it: no generic arguments, and every block and
 * closure as `{closure}`. `is_body`: the name is an async fn, whose code is a closure of it.
 */
void match_symbol_form(struct text *out, const char *name, bool is_body);

/* Length of the crate at the front of a name: 4 for "shop::Cart::add" and "<shop::A as B>::c". */
const char *match_crate(const char *name, size_t *len);

#endif
