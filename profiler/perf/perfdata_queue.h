/*
 * Records of perf.data in the order of time.
 *
 * perf writes the rings one after the other, and FINISHED_ROUND once it has been through all of
 * them. Whatever was written in a round is younger than the oldest of the round before only up to
 * what a ring may hold; the rule (tools/perf/util/ordered-events.c) is that at the end of a round,
 * everything up to the newest time of the *previous* round may go.
 *
 *	round 1: ring 0  a c e   ring 1  b d        newest e
 *	round 2: ring 0  g i     ring 1  f h   -> a b c d e go, f g h i wait
 *
 * So a record waits for one round at most, and memory holds two rounds. A file without rounds would
 * fill memory: past a bound the older half goes, and what then comes late is counted.
 */
#ifndef APROF_PERF_PERFDATA_QUEUE_H
#define APROF_PERF_PERFDATA_QUEUE_H

#include <aprof/bytes.h>
#include <aprof/types.h>
#include <aprof/vec.h>

#define QUEUE_BYTES_MAX (256u << 20)

struct queued {
	u64 time;
	u64 number; /* order of arrival, for equal times */
	size_t at; /* in bytes */
};

struct queued_vec VEC(struct queued);

typedef void queue_handler(void *arg, const void *record);

struct queue {
	struct queued_vec items;
	struct buf bytes;
	size_t bytes_max; /* QUEUE_BYTES_MAX, or less in tests */
	u64 pushed;
	u64 newest; /* time of all that came */
	u64 newest_before; /* … before the round that is being read */
	u64 last; /* time handed out */
	u64 late;
	queue_handler *handler;
	void *arg;
};

void queue_init(struct queue *queue, queue_handler *handler, void *arg);
void queue_release(struct queue *queue);
/* A record of `size` bytes; one without time is handed out at once. */
void queue_push(struct queue *queue, u64 time, const void *record, size_t size);
void queue_finish_round(struct queue *queue);
void queue_finish(struct queue *queue);

#endif
