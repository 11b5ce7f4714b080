/*
 * Each distinct string once, as a dense id from 0 in order of first sight.
 *
 * Strings may hold any byte; a NUL is added behind each.
 */
#ifndef APROF_INTERN_H
#define APROF_INTERN_H

#include <aprof/arena.h>
#include <aprof/types.h>

struct interned {
	const char *text;
	u32 len;
	u32 hash;
};

struct intern {
	struct interned *items;
	u32 count;
	u32 room;
	u32 *slots; /* open addressing, id + 1, 0 is free */
	u32 slot_mask;
	struct arena arena;
};

void intern_init(struct intern *in);
void intern_release(struct intern *in);

u32 intern_id(struct intern *in, const char *text);
u32 intern_bytes(struct intern *in, const void *text, size_t len);
/* NO_ID if it was never interned. */
u32 intern_find(const struct intern *in, const void *text, size_t len);

/* Valid until intern_release(). */
static inline const char *intern_text(const struct intern *in, u32 id)
{
	return id < in->count ? in->items[id].text : "";
}

#endif
