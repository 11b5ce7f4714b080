/* String interning: open addressing over 32-bit hashes, the bytes in an arena. */
#include <aprof/intern.h>

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#define FIRST_SLOTS 64u

/* Eight bytes at a time: names may be kilobytes. The table compares hashes before bytes. */
static u32 hash_of(const u8 *p, size_t len)
{
	u64 h = len * 0x9e3779b97f4a7c15ull, part;

	for (; len >= sizeof part; p += sizeof part, len -= sizeof part) {
		memcpy(&part, p, sizeof part);
		h = u64_mix(h ^ part, 0xa0761d6478bd642full);
	}
	part = 0;
	memcpy(&part, p, len);
	h = u64_mix(h ^ part, 0xe7037ed1a0b428dbull);
	return (u32)(h ^ h >> 32);
}

void intern_init(struct intern *in)
{
	*in = (struct intern){ .slot_mask = FIRST_SLOTS - 1 };
	in->slots = xcalloc(FIRST_SLOTS, sizeof *in->slots);
}

void intern_release(struct intern *in)
{
	free(in->items);
	free(in->slots);
	arena_release(&in->arena);
	*in = (struct intern){ 0 };
}

/* The slot that holds the text, or the free one where it would go. */
static u32 *slot_of(const struct intern *in, const void *text, size_t len, u32 hash)
{
	for (u32 at = hash & in->slot_mask;; at = (at + 1) & in->slot_mask) {
		u32 id = in->slots[at];
		const struct interned *item;

		if (!id)
			return &in->slots[at];
		item = &in->items[id - 1];
		if (item->hash == hash && item->len == len && memcmp(item->text, text, len) == 0)
			return &in->slots[at];
	}
}

static void grow_slots(struct intern *in)
{
	free(in->slots);
	in->slot_mask = in->slot_mask * 2 + 1;
	in->slots = xcalloc((size_t)in->slot_mask + 1, sizeof *in->slots);
	for (u32 id = 0; id < in->count; id++) {
		u32 at = in->items[id].hash & in->slot_mask;

		while (in->slots[at])
			at = (at + 1) & in->slot_mask;
		in->slots[at] = id + 1;
	}
}

u32 intern_bytes(struct intern *in, const void *text, size_t len)
{
	u32 hash = hash_of(text, len);
	u32 *slot = slot_of(in, text, len, hash);

	if (*slot)
		return *slot - 1;
	if (in->count == in->room) {
		in->room = in->room ? in->room * 2 : FIRST_SLOTS / 2;
		in->items = xreallocarray(in->items, in->room, sizeof *in->items);
	}
	in->items[in->count] = (struct interned){
		.text = arena_strndup(&in->arena, text, len),
		.len = (u32)len,
		.hash = hash,
	};
	*slot = ++in->count;
	if (in->count > in->slot_mask / 2)
		grow_slots(in);
	return in->count - 1;
}

u32 intern_id(struct intern *in, const char *text)
{
	return intern_bytes(in, text, strlen(text));
}

u32 intern_find(const struct intern *in, const void *text, size_t len)
{
	u32 id = *slot_of(in, text, len, hash_of(text, len));

	return id ? id - 1 : NO_ID;
}
