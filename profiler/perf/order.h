/*
 * Records of several rings in the order of their time.
 *
 * Each ring is in order for itself, one ring a CPU, and the kernel fills them at once:
 *
 *	time ------------------------------>   limit      now
 *	ring 0   a . . c . . . . . . f . . . . . | . h . . .|
 *	ring 1   . . b . . . d . e . . . . . . g | . . . . .|
 *	                                         |<- slack->|
 *
 * A record gets its time first and is published a little later (when the copy of the stack is done).
 * So heads that are read after `now` show every record with a time before now - slack, for a slack
 * longer than any record takes to be written; those are merged by time, and whatever is younger
 * waits for the next round, when it is older than all that comes then. Hence, for any two records
 * that kept the slack, the older one is handed out first. A record that did not (its CPU was taken
 * away from the virtual machine half way) is handed out late and counted, never dropped.
 *
 * Within a ring, a record written from an interrupt inside another one may stand behind a younger
 * one, by less than a record takes to write: this order is kept as it is.
 */
#ifndef APROF_PERF_ORDER_H
#define APROF_PERF_ORDER_H

#include <aprof/types.h>

#include "profiler/perf/formats.h"
#include "profiler/perf/ring.h"

/* Longest time that a record may take from its time stamp to being published, in ns. */
#define ORDER_SLACK_NS 2000000
/* More than a nested record can be behind. */
#define ORDER_NESTED_NS 200000

struct order_stream {
	u64 time; /* of the ring's next record */
	u32 ring;
};

struct order {
	struct ring *rings; /* not owned */
	u32 count;
	struct order_stream *heap; /* rings that have records, the oldest first */
	u32 live;
	u64 *taken; /* bytes taken from each ring and not given back yet */
	u64 last; /* newest time handed out so far */
	u64 records;
	u64 late; /* records handed out behind one younger by more than ORDER_NESTED_NS */
	u64 malformed; /* records that the decoder refused */
};

typedef void order_handler(void *arg, struct record *record);

void order_init(struct order *order, struct ring *rings, u32 count);
void order_release(struct order *order);

/*
 * Hands out all records with a time before `limit` and gives their bytes back to the kernel. The
 * record and all it points to are valid during the call only.
 */
void order_drain(struct order *order, const struct formats *formats, u64 limit,
		 order_handler *handler, void *arg);

#endif
