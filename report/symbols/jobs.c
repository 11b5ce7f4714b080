/*
 * Running jobs beside each other, the largest parts first.
 *
 * Most of the time of a C library goes into decompressing its debug file, section by section. These
 * are parts of their own: the threads begin with them while jobs still get their places, and the
 * jobs that read them come last.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <aprof/alloc.h>

#include "report/symbols/job.h"

struct part {
	struct job *job; /* to be run, if bin is NULL */
	struct binary *bin;
	size_t section; /* of bin, to be decompressed */
	size_t size;
};

struct parts VEC(struct part);

/* Parts in the order in which they start. */
struct queue {
	struct parts parts;
	size_t next; /* atomic */
};

struct crew {
	struct queue sections;
	struct queue jobs; /* that need none of them */
	struct queue last; /* that do */
	pthread_t threads[JOBS_TOGETHER];
	size_t started;
	pthread_mutex_t lock;
	pthread_cond_t opened;
	bool open; /* jobs have their places */
};

static size_t size_of(const struct job *job)
{
	size_t size = 0;

	for (int i = 0; i < FILE_COUNT; i++) {
		struct bytes bytes = { 0 };

		if (job->files[i])
			bytes = binary_bytes(job->files[i]);
		size += bytes_left(&bytes);
	}
	return size;
}

/* False if the job has no compressed sections. */
static bool add_sections(struct parts *parts, struct job *job)
{
	size_t before = parts->len;

	for (int i = 0; i < FILE_COUNT; i++) {
		struct binary *bin = job->files[i];
		size_t count = bin && binary_has_dwarf(bin) ? dwarf_plan_inflating(bin) : 0;

		for (size_t k = 0; k < count; k++)
			*vec_push(parts) = (struct part){
				.bin = bin, .section = k, .size = binary_planned_size(bin, k)
			};
	}
	return parts->len > before;
}

static void add_job(struct parts *parts, struct job *job)
{
	*vec_push(parts) = (struct part){ .job = job, .size = size_of(job) };
}

static int by_size(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return x->size > y->size ? -1 : x->size < y->size;
}

static void run(struct queue *queue)
{
	size_t i;

	while ((i = __atomic_fetch_add(&queue->next, 1, __ATOMIC_RELAXED)) < queue->parts.len) {
		const struct part *part = &queue->parts.data[i];

		if (part->bin)
			binary_inflate_planned(part->bin, part->section);
		else
			job_run(part->job);
	}
}

static void wait_until_open(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	while (!crew->open)
		pthread_cond_wait(&crew->opened, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
}

static void *help(void *arg)
{
	struct crew *crew = arg;

	run(&crew->sections);
	wait_until_open(crew);
	run(&crew->jobs);
	return NULL;
}

static void *help_last(void *arg)
{
	struct crew *crew = arg;

	run(&crew->last);
	return NULL;
}

/* Where no thread can be had, the one that waits for them does it all. */
static void start(struct crew *crew, size_t parts, void *(*work)(void *))
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	while (crew->started < JOBS_TOGETHER && crew->started + 1 < parts &&
	       (long)crew->started + 1 < cpus &&
	       pthread_create(&crew->threads[crew->started], NULL, work, crew) == 0)
		crew->started++;
}

static void join(struct crew *crew)
{
	while (crew->started)
		pthread_join(crew->threads[--crew->started], NULL);
}

struct crew *jobs_start(struct job *jobs, size_t count)
{
	struct crew *crew = xzalloc(sizeof *crew);

	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->opened, NULL);
	for (size_t i = 0; i < count; i++) {
		bool waits = add_sections(&crew->sections.parts, &jobs[i]);

		add_job(waits ? &crew->last.parts : &crew->jobs.parts, &jobs[i]);
	}
	vec_sort(&crew->sections.parts, by_size);
	vec_sort(&crew->jobs.parts, by_size);
	vec_sort(&crew->last.parts, by_size);
	start(crew, crew->sections.parts.len + crew->jobs.parts.len, help);
	return crew;
}

void jobs_run(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->open = true;
	pthread_cond_broadcast(&crew->opened);
	pthread_mutex_unlock(&crew->lock);
	run(&crew->jobs);
	run(&crew->sections);
	join(crew);

	start(crew, crew->last.parts.len, help_last);
	run(&crew->last);
	join(crew);

	vec_release(&crew->sections.parts);
	vec_release(&crew->jobs.parts);
	vec_release(&crew->last.parts);
	pthread_cond_destroy(&crew->opened);
	pthread_mutex_destroy(&crew->lock);
	free(crew);
}
