/*
 * Running jobs beside each other, the largest parts first.
 *
 * Most of the time of a C library goes into decompressing its debug file, section by section. These
 * are parts of their own, done beside the jobs that need none; their jobs come afterwards.
 */
#include <pthread.h>
#include <unistd.h>

#include "report/symbols/job.h"

struct part {
	struct job *job; /* to be run, if bin is NULL */
	struct binary *bin;
	size_t section; /* of bin, to be decompressed */
	size_t size;
};

struct parts VEC(struct part);

struct crew {
	const struct part *parts; /* in the order in which they start */
	size_t count;
	size_t next; /* atomic */
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

static void *work(void *arg)
{
	struct crew *crew = arg;
	size_t i;

	while ((i = __atomic_fetch_add(&crew->next, 1, __ATOMIC_RELAXED)) < crew->count) {
		const struct part *part = &crew->parts[i];

		if (part->bin)
			binary_inflate_planned(part->bin, part->section);
		else
			job_run(part->job);
	}
	return NULL;
}

static void run(struct parts *parts)
{
	struct crew crew;
	pthread_t threads[JOBS_TOGETHER];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t started = 0;

	vec_sort(parts, by_size);
	crew = (struct crew){ .parts = parts->data, .count = parts->len };
	/* Where no thread can be had, this one does it all. */
	while (started < JOBS_TOGETHER && started + 1 < parts->len && (long)started + 1 < cpus &&
	       pthread_create(&threads[started], NULL, work, &crew) == 0)
		started++;
	work(&crew);
	while (started)
		pthread_join(threads[--started], NULL);
	parts->len = 0;
}

void jobs_run(struct job *jobs, size_t count)
{
	struct parts now = { 0 }, then = { 0 };

	for (size_t i = 0; i < count; i++)
		add_job(add_sections(&now, &jobs[i]) ? &then : &now, &jobs[i]);
	run(&now);
	run(&then);
	vec_release(&now);
	vec_release(&then);
}
