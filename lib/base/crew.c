/* A queue of parts, and the batches of crew_each() and crew_search(), which come before it. */
#include <aprof/crew.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/vec.h>

#include "lib/base/seat.h"

#define MOST_HELPERS 15

struct part {
	crew_work *work;
	void *arg;
	size_t i;
	u64 weight;
};

/* What one crew_each() or crew_search() asks for; on its caller's stack. */
struct batch {
	crew_work *work;
	void *arg;
	size_t count, taken, done;
	bool grows; /* its finder has not returned */
	struct batch *next;
};

struct crew {
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	struct VEC(struct part) parts;
	struct batch *batches; /* of which not all is taken */
	size_t running; /* parts that may add others */
	size_t idle; /* threads that wait for work */
	size_t coming; /* threads that have yet to arrive */
	bool finishing;
	pthread_t threads[MOST_HELPERS];
	size_t started, most;
	struct VEC(pthread_t) aside;
};

static size_t cpus(void)
{
	cpu_set_t set;

	long online;

	if (sched_getaffinity(0, sizeof set, &set) == 0)
		return (size_t)CPU_COUNT(&set);
	/* More than fit into the set. */
	online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 ? (size_t)online : 1;
}

struct crew *crew_new(void)
{
	struct crew *crew = xzalloc(sizeof *crew);
	size_t helpers = cpus() - 1;

	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->changed, NULL);
	crew->most = helpers < MOST_HELPERS ? helpers : MOST_HELPERS;
	return crew;
}

bool crew_is_alone(const struct crew *crew)
{
	return !crew->most;
}

/* ---- taking part: all with the lock held, which is given away while work is done ---- */

static void help_batch(struct crew *crew, struct batch *batch)
{
	size_t i = batch->taken++;

	if (batch->taken == batch->count)
		for (struct batch **b = &crew->batches; *b; b = &(*b)->next)
			if (*b == batch) {
				*b = batch->next;
				break;
			}
	pthread_mutex_unlock(&crew->lock);
	seat_take();
	batch->work(batch->arg, i);
	pthread_mutex_lock(&crew->lock);
	if (++batch->done == batch->count)
		pthread_cond_broadcast(&crew->changed);
}

static struct part take_heaviest(struct crew *crew)
{
	struct part *heaviest = crew->parts.data, part;

	vec_each(&crew->parts, it)
		if (it->weight > heaviest->weight)
			heaviest = it;
	part = *heaviest;
	*heaviest = crew->parts.data[--crew->parts.len];
	return part;
}

static void run_part(struct crew *crew)
{
	struct part part = take_heaviest(crew);

	crew->running++;
	pthread_mutex_unlock(&crew->lock);
	seat_take();
	part.work(part.arg, part.i);
	pthread_mutex_lock(&crew->lock);
	if (!--crew->running)
		pthread_cond_broadcast(&crew->changed);
}

static void wait_for_change(struct crew *crew)
{
	seat_leave();
	pthread_cond_wait(&crew->changed, &crew->lock);
}

static bool is_empty(const struct crew *crew)
{
	return !crew->batches && !crew->parts.len && !crew->running;
}

/* Until all is done; a helper waits for more then. */
static void help(struct crew *crew, bool is_helper)
{
	pthread_mutex_lock(&crew->lock);
	while (!is_empty(crew) || (is_helper && !crew->finishing)) {
		if (crew->batches) {
			help_batch(crew, crew->batches);
		} else if (crew->parts.len) {
			run_part(crew);
		} else {
			crew->idle++;
			wait_for_change(crew);
			crew->idle--;
		}
	}
	pthread_mutex_unlock(&crew->lock);
}

static void *helper(void *arg)
{
	struct crew *crew = arg;

	pthread_mutex_lock(&crew->lock);
	crew->coming--;
	pthread_mutex_unlock(&crew->lock);
	help(crew, true);
	seat_leave();
	return NULL;
}

/* Where no thread can be had, those that are there do it all. */
static void call_helpers(struct crew *crew, size_t wanted)
{
	if (crew->idle)
		pthread_cond_broadcast(&crew->changed);
	while (crew->started < crew->most && crew->idle + crew->coming < wanted &&
	       pthread_create(&crew->threads[crew->started], NULL, helper, crew) == 0) {
		crew->started++;
		crew->coming++;
	}
}

/* ---- asking ---- */

void crew_add(struct crew *crew, crew_work *work, void *arg, size_t i, u64 weight)
{
	pthread_mutex_lock(&crew->lock);
	*vec_push(&crew->parts) = (struct part){ work, arg, i, weight };
	call_helpers(crew, crew->parts.len);
	pthread_mutex_unlock(&crew->lock);
}

void crew_each(struct crew *crew, crew_work *work, void *arg, size_t count)
{
	struct batch batch = { .work = work, .arg = arg, .count = count };

	if (!crew)
		for (size_t i = 0; i < count; i++)
			work(arg, i);
	if (!crew || !count)
		return;
	pthread_mutex_lock(&crew->lock);
	batch.next = crew->batches;
	crew->batches = &batch;
	call_helpers(crew, count - 1);
	while (batch.taken < count)
		help_batch(crew, &batch);
	while (batch.done < count)
		wait_for_change(crew);
	pthread_mutex_unlock(&crew->lock);
}

struct crew_search {
	struct crew *crew;
	crew_finder *find;
	struct batch batch;
};

static void *run_finder(void *arg)
{
	struct crew_search *search = arg;

	search->find(search->batch.arg, search);
	pthread_mutex_lock(&search->crew->lock);
	search->batch.grows = false;
	pthread_cond_broadcast(&search->crew->changed);
	pthread_mutex_unlock(&search->crew->lock);
	return NULL;
}

void crew_found(struct crew_search *search)
{
	struct crew *crew = search->crew;
	struct batch *batch = &search->batch;

	pthread_mutex_lock(&crew->lock);
	if (batch->taken == batch->count++) {
		batch->next = crew->batches;
		crew->batches = batch;
	}
	call_helpers(crew, 1);
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
}

/* While nothing is found, there may be other work: the finder waits for a disk, as a rule. */
static void help_search(struct crew *crew, struct batch *batch)
{
	pthread_mutex_lock(&crew->lock);
	while (batch->grows || batch->done < batch->count) {
		if (crew->batches)
			help_batch(crew, crew->batches);
		else
			wait_for_change(crew);
	}
	pthread_mutex_unlock(&crew->lock);
}

void crew_search(struct crew *crew, crew_finder *find, crew_work *work, void *arg)
{
	struct crew_search search = {
		.crew = crew,
		.find = find,
		.batch = { .work = work, .arg = arg, .grows = true },
	};
	pthread_t thread;
	bool alone = pthread_create(&thread, NULL, run_finder, &search) != 0;

	if (alone)
		run_finder(&search);
	help_search(crew, &search.batch);
	if (!alone)
		pthread_join(thread, NULL);
}

struct errand {
	crew_work *work;
	void *arg;
	size_t i;
};

static void *run_errand(void *arg)
{
	struct errand errand = *(struct errand *)arg;

	free(arg);
	errand.work(errand.arg, errand.i);
	return NULL;
}

void crew_aside(struct crew *crew, crew_work *work, void *arg, size_t i)
{
	struct errand *errand = xzalloc(sizeof *errand);
	pthread_t thread;

	*errand = (struct errand){ work, arg, i };
	if (pthread_create(&thread, NULL, run_errand, errand) != 0) {
		run_errand(errand);
		return;
	}
	pthread_mutex_lock(&crew->lock);
	*vec_push(&crew->aside) = thread;
	pthread_mutex_unlock(&crew->lock);
}

void crew_wait(struct crew *crew)
{
	help(crew, false);
	/* All parts are done: nobody starts another. */
	vec_each(&crew->aside, thread)
		pthread_join(*thread, NULL);
	crew->aside.len = 0;
}

void crew_finish(struct crew *crew)
{
	crew_wait(crew);
	pthread_mutex_lock(&crew->lock);
	crew->finishing = true;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
	for (size_t i = 0; i < crew->started; i++)
		pthread_join(crew->threads[i], NULL);
	vec_release(&crew->aside);
	vec_release(&crew->parts);
	pthread_cond_destroy(&crew->changed);
	pthread_mutex_destroy(&crew->lock);
	free(crew);
}
