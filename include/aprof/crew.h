/*
 * Threads that share work: as many as there are CPUs to run on, the caller's among them.
 *
 * Parts are taken by whoever is free, the heaviest first. A part may add others, so what depends on
 * something is added by the part that it depends on. With one CPU everything is done by the caller,
 * in crew_each() and crew_wait().
 */
#ifndef APROF_CREW_H
#define APROF_CREW_H

#include <aprof/types.h>

struct crew;

/* One of several like it. */
typedef void crew_work(void *arg, size_t i);

/* No thread starts before there is work for it. */
struct crew *crew_new(void);

/* Is there nobody but the caller? */
bool crew_is_alone(const struct crew *crew);

/* Has work(arg, i) done at some time before crew_wait() returns. */
void crew_add(struct crew *crew, crew_work *work, void *arg, size_t i, u64 weight);

/*
 * Does work(arg, 0) to work(arg, count - 1), in any order; returns when all are done. Without a crew
 * (NULL) the caller does it all.
 */
void crew_each(struct crew *crew, crew_work *work, void *arg, size_t count);

/*
 * As crew_each(), of what `find` finds one by one, in a thread of its own: it calls crew_found() for
 * the first one, which is i = 0, and so on. What is found is done while it goes on.
 */
struct crew_search;
typedef void crew_finder(void *arg, struct crew_search *search);
void crew_search(struct crew *crew, crew_finder *find, crew_work *work, void *arg);
void crew_found(struct crew_search *search);

/* Starts a thread of its own for what waits more than it works. */
void crew_aside(struct crew *crew, crew_work *work, void *arg, size_t i);

/* Returns when all is done, aside too. The caller takes part. */
void crew_wait(struct crew *crew);
/* The same, and ends the crew. */
void crew_finish(struct crew *crew);

#endif
