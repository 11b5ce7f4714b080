/*
 * --debug-binary: DWARF from another build of a module, with the same code.
 *
 * A sister is believed only if its code is the module's: .text at the same address with the same
 * bytes, or at least the same functions at the same places (displacements into data may differ).
 */
#ifndef APROF_SYMBOLS_SISTER_H
#define APROF_SYMBOLS_SISTER_H

#include <aprof/binary.h>
#include <aprof/err.h>
#include <aprof/vec.h>

struct sister {
	const char *path;
	bool used;
};

struct sisters VEC(struct sister);

/* Checks that each can be opened. */
ERR_MUST_CHECK struct err *sisters_init(struct sisters *sisters, const char *const *paths);
void sisters_release(struct sisters *sisters);

/* A sister of `bin`, opened, owned by the caller; NULL if there is none. */
struct binary *sisters_find(struct sisters *sisters, struct binary *bin);

/* A notice for each that no module was found for. */
void sisters_notice_unused(const struct sisters *sisters);

#endif
