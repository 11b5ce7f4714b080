/*
 * The way out where no rule fits: libunwind, on the sampled registers and the stack copy.
 *
 * A frame deep in a stack may need registers that only a walk from the leaf restores, so libunwind
 * walks from there to the frame in question and one step further; its state is kept for the next
 * such frame of the same stack. Where it arrives somewhere else, it is asked for the one step alone,
 * with the three registers that are known.
 */
#ifndef APROF_UNWIND_LIBUNWIND_H
#define APROF_UNWIND_LIBUNWIND_H

#include "profiler/unwind/walk.h"

void remote_free(struct remote *remote);

enum stop_reason walk_libunwind(struct walk *w);

#endif
