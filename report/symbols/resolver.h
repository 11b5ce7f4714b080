/*
 * What symbols_resolve() is made of: frames that are named at once, jobs for all others, and what jobs
 * find, as source frames.
 */
#ifndef APROF_SYMBOLS_RESOLVER_H
#define APROF_SYMBOLS_RESOLVER_H

#include "report/symbols/job.h"
#include "report/symbols/missing.h"
#include "report/symbols/names.h"

struct resolved {
	struct symbols symbols; /* first: what callers hold */
	struct names names;
	struct VEC(struct source_frame) source_frames;
	struct VEC(u32) first;
	struct missing_frames missing;
	struct missing_first missing_first;
};

/* A frame's source frames while they are in the order of their jobs. */
struct frame_chain {
	u32 first, count; /* in resolver->frames */
};

/* Places come in the order of their addresses, so the next one's symbol often is the last one's. */
struct last_symbol {
	const struct symbol *symbol; /* NULL: of another job */
	u32 function;
};

struct resolver {
	const struct profile *profile;
	struct resolved *out;
	struct VEC(struct job) jobs; /* one for each module with a file */
	struct frame_chain *chains; /* of each frame, and of those that `missing` made up */
	size_t chain_count;
	struct missing missing;
	struct frame_place *places; /* of each frame; NULL if nobody wants them */
	struct VEC(struct source_frame) frames;
	struct last_symbol last;
	u64 done; /* places, for progress */
};

/* ---- frames.c: frames that need no file, or have none ---- */

/* Frames of modules with bytes go to the module's job; all others are named at once. */
void resolver_sort_frames(struct resolver *r);

/* A frame that is one function, with nothing known of inlined ones. */
void resolver_set_single(struct resolver *r, u32 frame, u32 function);
/* The frame's are the last `count` of r->frames. */
void resolver_set_chain(struct resolver *r, u32 frame, u32 count);
void resolver_set_place(struct resolver *r, u32 frame, u64 address, u64 symbol);
/* By names that came with the profile. False if there is none. */
bool resolver_set_by_profile(struct resolver *r, u32 frame, u32 module, u64 offset);
/* Of a module without names for it; `bin` is NULL if it has no file. */
void resolver_set_unknown(struct resolver *r, u32 frame, u32 module, struct binary *bin, u64 vaddr);

/* ---- collect.c ---- */

/* Names all places of a job that ran, and prints its notices. */
void resolver_collect(struct resolver *r, struct job *job);

#endif
