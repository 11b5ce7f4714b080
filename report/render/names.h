/* Names from outside made fit to print: nothing that a terminal or a format would take as its own. */
#ifndef APROF_RENDER_NAMES_H
#define APROF_RENDER_NAMES_H

#include <aprof/text.h>
#include <aprof/types.h>

#include "report/tree/calltree.h"

/* Appends the name: white space as a space, control characters and what is no UTF-8 as '?'. */
void name_clean(struct text *out, const char *name);

/* The same with ';', which separates frames in folded stacks, as ':'. */
void name_folded(struct text *out, const char *name);

/*
 * The same as name_clean(), at most `width` characters: without the paths of types, without generic
 * arguments, without segments in the middle, in this order, as far as needed. width 0: whole.
 */
void name_fit(struct text *out, const char *name, size_t width, bool unicode);

/* The character at *s, which is moved past it; UINT32_MAX for a byte that is no UTF-8. */
u32 name_next_char(const char **s);

/* Text that is no name: cleaned, and cut at its end. width 0: whole. */
void name_cut(struct text *out, const char *text, size_t width, bool unicode);

/* Number of characters (not bytes) of UTF-8. */
size_t name_width(const char *s);
/* Number of bytes of its first n characters. */
size_t name_bytes(const char *s, size_t n);

/*
 * Appends " (main.rs:12)" for a node with a site; " (macro join.rs:150)" for a macro's line,
 * " (near main.rs:12)" where the `.await` may stand some lines below.
 */
void name_site(struct text *out, const struct calltree *tree, u32 node);

/* The last part of a path. */
const char *name_base(const char *path);

#endif
