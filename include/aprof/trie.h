/*
 * Stacks as a trie: each distinct frame once, each distinct (parent, frame) once.
 *
 * Ids are dense from 0 in order of first sight; a parent's id is smaller than its child's. The
 * outermost frame of a stack is a node whose parent is NO_ID.
 */
#ifndef APROF_TRIE_H
#define APROF_TRIE_H

#include <aprof/frame.h>
#include <aprof/types.h>
#include <aprof/vec.h>

struct trie_node {
	u32 parent; /* towards the root; NO_ID at the outermost frame */
	u32 frame;
};

/* Open addressing, id + 1, 0 is free; at most half full. */
struct trie_slots {
	u32 *at;
	u32 mask;
};

struct trie {
	struct VEC(struct frame) frames;
	struct VEC(struct trie_node) nodes;
	struct trie_slots frame_slots, node_slots;
};

void trie_init(struct trie *trie);
void trie_release(struct trie *trie);

u32 trie_frame(struct trie *trie, const struct frame *frame);
/* The child of `parent` with this frame, added if it is new. */
u32 trie_node(struct trie *trie, u32 parent, u32 frame);

/* Bytes held, for statements about memory. */
size_t trie_memory(const struct trie *trie);

#endif
