/*
 * The names and await sites that the trees of one report share, each once.
 *
 * Trees of several events, or of two profiles that are compared, use one set, so that equal names
 * have equal ids everywhere.
 */
#ifndef APROF_TREE_LABELS_H
#define APROF_TREE_LABELS_H

#include <aprof/intern.h>
#include <aprof/types.h>
#include <aprof/vec.h>

#include "report/async/logical.h"

struct label {
	u8 kind; /* enum step_kind; of several seen under one name the most telling one */
	bool unsure;
	u32 function; /* id in the symbols of the profile it was first seen in, or NO_ID */
};

struct site {
	const char *file; /* as DWARF has it */
	u32 line;
	u8 mark; /* enum site_mark */
};

struct label_set {
	struct intern names;
	struct label_vec VEC(struct label) labels; /* by id in names */
	struct intern site_names;
	struct site_vec VEC(struct site) sites; /* by id in site_names */
};

void labels_init(struct label_set *set);
void labels_release(struct label_set *set);

/* An empty name becomes "[no name]". */
u32 labels_add(struct label_set *set, const char *name, u8 kind, bool unsure, u32 function);
/* The same for a name whose label is known. */
void labels_seen(struct label_set *set, u32 id, u8 kind, bool unsure, u32 function);
/* NO_ID if file is NULL or line is 0. */
u32 labels_add_site(struct label_set *set, const char *file, u32 line, u8 mark);

static inline const char *labels_name(const struct label_set *set, u32 label)
{
	return intern_text(&set->names, label);
}

/*
 * Labels that a user means by `pattern`: the one of exactly that name, else all whose path ends
 * in it ("checkout" or "Cart::add" for "shop::Cart::add<u8>"). Appends to `out`.
 */
struct label_ids VEC(u32);
void labels_find(const struct label_set *set, const char *pattern, struct label_ids *out);
/* Names for "did you mean": at most `max` that contain the pattern's last segment. */
size_t labels_near(const struct label_set *set, const char *pattern, u32 *out, size_t max);

#endif
