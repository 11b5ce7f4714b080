/*
 * What LLVM's merging of code takes from the outside of a task.
 *
 * async-task polls its task in two places. Where these became one, what is inlined there is lost, and
 * the root that is left may be what the true root awaits. A runtime's function that names its task
 * in its arguments proves the root, if the root is that task, or is polled by that task's own poll.
 */
#ifndef APROF_ASYNC_LOST_H
#define APROF_ASYNC_LOST_H

#include "report/async/chain.h"

bool root_is_lost(const struct chain *chain, const struct symbols *symbols);

#endif
