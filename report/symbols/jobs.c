/* Running jobs beside each other, the largest files first. */
#include <pthread.h>
#include <unistd.h>

#include "report/symbols/job.h"

struct crew {
	struct job **jobs; /* in the order in which they start */
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

static void sort_by_size(struct job **jobs, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct job *job = jobs[i];
		size_t at = i;

		for (; at && size_of(jobs[at - 1]) < size_of(job); at--)
			jobs[at] = jobs[at - 1];
		jobs[at] = job;
	}
}

static void *work(void *arg)
{
	struct crew *crew = arg;
	size_t i;

	while ((i = __atomic_fetch_add(&crew->next, 1, __ATOMIC_RELAXED)) < crew->count)
		job_run(crew->jobs[i]);
	return NULL;
}

void jobs_run(struct job *jobs, size_t count)
{
	struct job *order[JOBS_TOGETHER];
	struct crew crew = { .jobs = order, .count = count };
	pthread_t threads[JOBS_TOGETHER];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t started = 0;

	for (size_t i = 0; i < count; i++)
		order[i] = &jobs[i];
	sort_by_size(order, count);
	/* Where no thread can be had, this one does it all. */
	while (started + 1 < count && (long)started + 1 < cpus &&
	       pthread_create(&threads[started], NULL, work, &crew) == 0)
		started++;
	work(&crew);
	while (started)
		pthread_join(threads[--started], NULL);
}
