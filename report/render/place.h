/* Places in sources as people know them: the part of a path behind its crate's folder. */
#ifndef APROF_RENDER_PLACE_H
#define APROF_RENDER_PLACE_H

#include <aprof/text.h>

/*
 * Appends "shop/src/main.rs:12" for /build/shop/src/main.rs. With line 0 there is no ":12".
 */
void place_add(struct text *out, const char *file, u32 line);

#endif
