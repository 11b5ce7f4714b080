/*
 * Running jobs beside each other.
 *
 * Most of the time of a C library goes into decompressing its debug file, section by section. These
 * are parts of their own: they begin while jobs still get their places, and the one that is done
 * last has the job run.
 */
#include "report/symbols/job.h"

u64 job_weight(const struct job *job, enum job_step step)
{
	return ((u64)step << 60) + job->places.len;
}

static void run(void *arg, size_t i)
{
	struct job *jobs = arg;

	job_run(&jobs[i]);
	__atomic_store_n(&jobs[i].ran, true, __ATOMIC_RELAXED);
}

void job_come(struct job *job)
{
	if (__atomic_sub_fetch(&job->waits, 1, __ATOMIC_ACQ_REL) == 0)
		crew_add(job->crew, run, job, 0, job_weight(job, JOB_RUN));
}

/* Section i of those of the job's files, in their order. */
static void inflate(void *arg, size_t i)
{
	struct job *job = arg;
	int file = 0;

	for (; i >= job->planned[file]; file++)
		i -= job->planned[file];
	binary_inflate_planned(job->files[file], i);
	job_come(job);
}

static void sort_symbols(void *arg, size_t i)
{
	struct job *jobs = arg;

	binary_sort_symbols(job_symbols(&jobs[i]));
}

static void plan(struct job *job, enum dwarf_lines lines)
{
	size_t index = 0;

	for (int file = 0; file < FILE_COUNT; file++) {
		struct binary *bin = job->files[file];

		if (bin && binary_has_dwarf(bin))
			job->planned[file] = dwarf_plan_inflating(bin, lines);
		job->waits += job->planned[file];
	}
	for (int file = 0; file < FILE_COUNT; file++)
		for (size_t i = 0; i < job->planned[file]; i++)
			crew_add(job->crew, inflate, job, index++,
				 1 + binary_planned_size(job->files[file], i));
}

static void read_ahead(void *arg, size_t count)
{
	struct job *jobs = arg;

	for (size_t i = 0; i < count; i++)
		job_read_ahead(&jobs[i]);
}

struct job *jobs_most(struct job *jobs, size_t count)
{
	struct job *most = jobs;

	for (size_t i = 1; i < count; i++)
		if (jobs[i].places.len > most->places.len)
			most = &jobs[i];
	return most;
}

struct start {
	struct crew *crew;
	const struct symbols_options *options;
	struct sisters *sisters;
	struct job *jobs;
	struct job *most; /* the job with most places */
	job_opened *opened;
	void *arg;
};

/* The most is waited for longest: it comes first, and is read while the others are opened. */
static void start(void *arg, size_t i)
{
	const struct start *s = arg;
	struct job *job = &s->jobs[i];

	if (i == 0)
		job = s->most;
	else if (job == s->most)
		job = s->jobs;
	job_open(job, s->options, s->sisters);
	if (job == s->most)
		crew_aside(s->crew, read_ahead, job, 1);
	job->crew = s->crew;
	job->lines = s->options->lines;
	job->waits = 1;
	plan(job, s->options->lines);
	s->opened(s->arg, (size_t)(job - s->jobs));
}

void jobs_start(struct crew *crew, struct job *jobs, size_t count,
		const struct symbols_options *options, struct sisters *sisters,
		job_opened *opened, void *arg)
{
	struct start s = { crew, options, sisters, jobs, jobs_most(jobs, count),
			   opened, arg };

	/* Opening waits for the disk, more than it works. */
	crew_each(crew, start, &s, count);
	crew_aside(crew, read_ahead, jobs, count);
	for (size_t i = 0; i < count; i++)
		if (job_symbols(&jobs[i]))
			crew_add(crew, sort_symbols, jobs, i,
				 binary_symbols_size(job_symbols(&jobs[i])));
}

void jobs_finish(struct crew *crew)
{
	crew_wait(crew);
}
