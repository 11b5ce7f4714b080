/* Whole stacks to ids of trie nodes. */
#include "profiler/store/stacks.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#define FIRST_SLOTS 1024u

static struct whole_stack *new_slots(u32 count)
{
	struct whole_stack *slots = xcalloc(count, sizeof *slots);

	memset(slots, 0xff, count * sizeof *slots);
	return slots;
}

void stacks_init(struct stacks *s)
{
	*s = (struct stacks){ .mask = FIRST_SLOTS - 1, .slots = new_slots(FIRST_SLOTS) };
	trie_init(&s->trie);
}

void stacks_release(struct stacks *s)
{
	trie_release(&s->trie);
	free(s->slots);
	*s = (struct stacks){ 0 };
}

/* Two lanes that do not wait for each other. Any odd constants with balanced bits do. */
static u32 stack_hash(const struct frame *frames, u32 count)
{
	u64 lane[2] = { 0x9ae16a3b2f90404full ^ count, 0xc3a5c85c97cb3127ull };

	for (u32 i = 0; i < count; i++) {
		u64 word[2];

		memcpy(word, &frames[i], sizeof word);
		lane[i & 1] = u64_mix(word[0] ^ lane[i & 1], word[1] ^ 0xb492b66fbe98f273ull);
	}
	return (u32)hash_u64(lane[0] ^ (lane[1] << 1 | lane[1] >> 63));
}

static bool same_stack(const struct trie *t, u32 node, const struct frame *frames, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		const struct trie_node *n;

		if (node == NO_ID)
			return false;
		n = &t->nodes.data[node];
		if (memcmp(&t->frames.data[n->frame], &frames[i], sizeof *frames) != 0)
			return false;
		node = n->parent;
	}
	return node == NO_ID;
}

static u32 add_stack(struct trie *t, const struct frame *frames, u32 count)
{
	u32 node = NO_ID;

	for (u32 i = count; i-- > 0;)
		node = trie_node(t, node, trie_frame(t, &frames[i]));
	return node;
}

static void put_slot(struct stacks *s, struct whole_stack stack)
{
	u32 at = stack.hash & s->mask;

	while (s->slots[at].node != NO_ID)
		at = (at + 1) & s->mask;
	s->slots[at] = stack;
}

static void grow(struct stacks *s)
{
	struct whole_stack *old = s->slots;
	u32 old_count = s->mask + 1;

	s->mask = s->mask * 2 + 1;
	s->slots = new_slots(s->mask + 1);
	for (u32 i = 0; i < old_count; i++)
		if (old[i].node != NO_ID)
			put_slot(s, old[i]);
	free(old);
}

u32 stacks_id(struct stacks *s, const struct frame *frames, u32 count)
{
	u32 hash = stack_hash(frames, count);
	struct whole_stack new = { .hash = hash };

	if (!count)
		return NO_ID;
	for (u32 at = hash & s->mask; s->slots[at].node != NO_ID; at = (at + 1) & s->mask)
		if (s->slots[at].hash == hash &&
		    same_stack(&s->trie, s->slots[at].node, frames, count))
			return s->slots[at].node;
	new.node = add_stack(&s->trie, frames, count);
	if (++s->count > s->mask / 2)
		grow(s);
	put_slot(s, new);
	return new.node;
}
