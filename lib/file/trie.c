/* The stack trie: two tables of what is known, frames and (parent, frame) nodes. */
#include <aprof/trie.h>

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#define FIRST_SLOTS 256u

static void slots_init(struct trie_slots *slots)
{
	slots->mask = FIRST_SLOTS - 1;
	slots->at = xcalloc(FIRST_SLOTS, sizeof *slots->at);
}

void trie_init(struct trie *t)
{
	*t = (struct trie){ 0 };
	slots_init(&t->frame_slots);
	slots_init(&t->node_slots);
}

void trie_release(struct trie *t)
{
	vec_release(&t->frames);
	vec_release(&t->nodes);
	free(t->frame_slots.at);
	free(t->node_slots.at);
	*t = (struct trie){ 0 };
}

static u64 frame_hash(const struct frame *f)
{
	u64 place = (u64)f->module << 32 | (u32)f->lookup << 24 | (u32)f->space << 16 |
		    (u32)f->source << 8 | f->status;

	return hash_u64(f->offset ^ hash_u64(place));
}

static u64 node_hash(const struct trie_node *n)
{
	return hash_u64((u64)n->parent << 32 | n->frame);
}

static void put_slot(struct trie_slots *slots, u64 hash, u32 id)
{
	u32 at = (u32)hash & slots->mask;

	while (slots->at[at])
		at = (at + 1) & slots->mask;
	slots->at[at] = id + 1;
}

/* Empties the slots and doubles their number if `count` ids would fill more than half. */
static bool slots_grew(struct trie_slots *slots, size_t count)
{
	if (count <= slots->mask / 2)
		return false;
	free(slots->at);
	slots->mask = slots->mask * 2 + 1;
	slots->at = xcalloc((size_t)slots->mask + 1, sizeof *slots->at);
	return true;
}

u32 trie_frame(struct trie *t, const struct frame *frame)
{
	u64 hash = frame_hash(frame);
	u32 at = (u32)hash & t->frame_slots.mask;
	u32 id;

	for (; t->frame_slots.at[at]; at = (at + 1) & t->frame_slots.mask) {
		id = t->frame_slots.at[at] - 1;
		if (memcmp(&t->frames.data[id], frame, sizeof *frame) == 0)
			return id;
	}
	id = (u32)t->frames.len;
	*vec_push(&t->frames) = *frame;
	t->frame_slots.at[at] = id + 1;
	if (slots_grew(&t->frame_slots, t->frames.len))
		for (u32 i = 0; i <= id; i++)
			put_slot(&t->frame_slots, frame_hash(&t->frames.data[i]), i);
	return id;
}

u32 trie_node(struct trie *t, u32 parent, u32 frame)
{
	struct trie_node node = { .parent = parent, .frame = frame };
	u64 hash = node_hash(&node);
	u32 at = (u32)hash & t->node_slots.mask;
	u32 id;

	for (; t->node_slots.at[at]; at = (at + 1) & t->node_slots.mask) {
		id = t->node_slots.at[at] - 1;
		if (t->nodes.data[id].parent == parent && t->nodes.data[id].frame == frame)
			return id;
	}
	id = (u32)t->nodes.len;
	*vec_push(&t->nodes) = node;
	t->node_slots.at[at] = id + 1;
	if (slots_grew(&t->node_slots, t->nodes.len))
		for (u32 i = 0; i <= id; i++)
			put_slot(&t->node_slots, node_hash(&t->nodes.data[i]), i);
	return id;
}

size_t trie_memory(const struct trie *t)
{
	return t->frames.room * sizeof *t->frames.data + t->nodes.room * sizeof *t->nodes.data +
	       ((size_t)t->frame_slots.mask + t->node_slots.mask + 2) * sizeof(u32);
}
