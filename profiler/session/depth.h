/*
 * How much of each stack is copied: all that fits at first, less once the target's stacks have shown
 * to be short, all again from the first stack on that is cut for it.
 */
#ifndef APROF_SESSION_DEPTH_H
#define APROF_SESSION_DEPTH_H

#include <aprof/types.h>

struct session;

struct depth {
	bool settled; /* nothing is to be changed any more */
	u32 bytes; /* of the smaller copy; 0: never made */
	u64 since, until; /* ns after the start; `until` 0: to the end */
};

/* After each drain. */
void depth_look(struct session *session);

#endif
