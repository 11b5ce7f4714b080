/*
 * What tail calls left out of a profile's stacks: finds it (tails.h), and names it.
 *
 * It lies between two frames, caller and callee, and is the same wherever these two meet.
 */
#ifndef APROF_SYMBOLS_MISSING_H
#define APROF_SYMBOLS_MISSING_H

#include <aprof/intern.h>
#include <aprof/vec.h>

#include "report/symbols/job.h"
#include "report/symbols/symbols.h"
#include "report/symbols/tails.h"

/* The source frames of one place, wherever they are kept. */
struct missing_chain {
	const struct source_frame *at;
	u32 count;
};

struct missing_pair {
	u32 caller, callee; /* frames */
	u32 way; /* NO_ID: nothing is missing */
};

/* A hop's places have made-up frames: one for each jump, and behind them the function's symbol. */
struct missing_hop {
	u32 first, jumps;
};

struct missing_way {
	u32 hops, count; /* in missing->hops: the function that was called first */
};

struct missing {
	const struct profile *profile;
	struct intern pairs;
	struct VEC(struct missing_pair) list; /* by id in pairs */
	u32 *by_stack; /* id in pairs of a stack's innermost frame and its caller; NO_ID */
	struct VEC(struct missing_way) ways;
	struct VEC(struct missing_hop) hops;
	u32 frame_count; /* the profile's, and the made-up ones */
	struct missing_search *searches; /* of each job that runs */
	struct crew *crew;
};

void missing_init(struct missing *missing, const struct profile *profile);
void missing_release(struct missing *missing);

/* Before these jobs start; then, has the crew look for what is missing in one that is open. */
void missing_start(struct missing *missing, struct crew *crew, struct job *jobs, size_t count);
void missing_search(void *missing, size_t job);
/* Numbers the frames that were made up, when the jobs are done. */
void missing_finish(struct missing *missing, struct job *jobs, size_t count);

typedef struct missing_chain missing_chain_of(void *arg, u32 frame);

/*
 * What was found, when all jobs are done: appended to `out` are the source frames of each way,
 * innermost first, and to `first` where they begin, and end.
 */
struct missing_frames VEC(struct source_frame);
struct missing_first VEC(u32);
void missing_collect(const struct missing *missing, missing_chain_of *chain_of, void *arg,
		     struct missing_frames *out, struct missing_first *first);

/* The way of each stack, NO_ID where nothing is missing; NULL if nothing is anywhere. Caller frees. */
u32 *missing_by_stack(const struct missing *missing);

#endif
