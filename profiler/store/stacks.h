/*
 * Stacks of the current epoch. Most samples repeat a stack, so whole stacks are looked up first, by
 * a hash of all their frames; only new ones go through the trie, frame by frame.
 */
#ifndef APROF_STORE_STACKS_H
#define APROF_STORE_STACKS_H

#include <aprof/frame.h>
#include <aprof/trie.h>
#include <aprof/types.h>

struct whole_stack {
	u32 hash;
	u32 node; /* leaf; NO_ID: free */
};

struct stacks {
	struct trie trie;
	struct whole_stack *slots; /* open addressing, at most half full */
	u32 mask;
	u32 count;
};

void stacks_init(struct stacks *stacks);
void stacks_release(struct stacks *stacks);
/* The node of the leaf; NO_ID for no frames. */
u32 stacks_id(struct stacks *stacks, const struct frame *frames, u32 count);

#endif
