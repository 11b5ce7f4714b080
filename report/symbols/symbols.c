/* symbols_resolve: frames to jobs, one for each module, and what they find to source frames. */
#include "report/symbols/symbols.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "report/symbols/resolver.h"
#include "report/symbols/sister.h"

/* A return address belongs to the call before it: DESIGN's rule is applied here and nowhere else. */
u64 symbols_looked_up(const struct frame *frame)
{
	return frame->lookup == LOOKUP_RETURN && frame->offset ? frame->offset - 1 : frame->offset;
}

/* Source frames in the order of frames. */
static void finish(struct resolver *r)
{
	struct resolved *out = r->out;
	u32 count = r->profile->frame_count;

	vec_reserve(&out->source_frames, r->frames.len + 1);
	vec_reserve(&out->first, (size_t)count + 1);
	for (u32 i = 0; i < count; i++) {
		*vec_push(&out->first) = (u32)out->source_frames.len;
		vec_append(&out->source_frames, r->frames.data + r->chains[i].first,
			   r->chains[i].count);
	}
	*vec_push(&out->first) = (u32)out->source_frames.len;
	out->symbols.source_frames = out->source_frames.data;
	out->symbols.first = out->first.data;
	out->symbols.places = r->places;
	out->symbols.functions = out->names.functions.data;
	out->symbols.function_count = (u32)out->names.functions.len;
}

static struct missing_chain chain_of_frame(void *arg, u32 frame)
{
	const struct resolver *r = arg;

	return (struct missing_chain){ r->frames.data + r->chains[frame].first,
				       r->chains[frame].count };
}

static void finish_missing(struct resolver *r)
{
	struct resolved *out = r->out;

	missing_collect(&r->missing, chain_of_frame, r, &out->missing, &out->missing_first);
	out->symbols.missing_of = missing_by_stack(&r->missing);
	out->symbols.missing_first = out->missing_first.data;
	out->symbols.missing = out->missing.data;
}

static void grow_chains(struct resolver *r)
{
	size_t before = r->chain_count;

	r->chain_count = (size_t)r->missing.frame_count + 1;
	r->chains = xrealloc(r->chains, r->chain_count * sizeof *r->chains);
	memset(r->chains + before, 0, (r->chain_count - before) * sizeof *r->chains);
}

/* Progress is told by the one with the most places. */
static void show_progress(struct resolver *r, struct job *jobs, size_t count,
			  struct progress *progress)
{
	struct job *most = jobs_most(jobs, count);

	progress_at(progress, r->done);
	for (size_t i = 0; i < count; i++)
		r->done += jobs[i].places.len;
	most->progress = progress;
	most->done = r->done - most->places.len;
}

static void release(void *arg, size_t i)
{
	(void)i;
	job_release(arg);
	free(arg);
}

/*
 * Giving up a mapping of many megabytes takes milliseconds: it is done beside what comes next, and
 * before the files of other jobs are read.
 */
static void release_later(struct crew *crew, const struct job *job)
{
	struct job *gone = xmalloc(sizeof *gone);

	*gone = *job;
	if (crew_is_alone(crew))
		release(gone, 0);
	else
		crew_add(crew, release, gone, 0, UINT64_MAX);
}

/* Opens, runs and collects some jobs. */
static void run_jobs(struct resolver *r, struct job *jobs, size_t count,
		     const struct symbols_options *options, struct sisters *sisters,
		     struct progress *progress)
{
	struct crew *crew = options->crew;

	show_progress(r, jobs, count, progress);
	missing_start(&r->missing, crew, jobs, count);
	jobs_start(crew, jobs, count, options, sisters, missing_search, &r->missing);
	jobs_finish(crew);
	/* Before the notices that jobs have. */
	progress_end(progress);
	missing_finish(&r->missing, jobs, count);
	grow_chains(r);
	for (size_t i = 0; i < count; i++) {
		resolver_collect(r, &jobs[i]);
		release_later(crew, &jobs[i]);
	}
}

struct err *symbols_resolve(struct symbols **out, const struct profile *profile,
			    const struct symbols_options *options)
{
	struct resolver r = { .profile = profile };
	struct sisters sisters = { 0 };
	struct progress progress;
	struct err *err;

	*out = NULL;
	err = sisters_init(&sisters, options->debug_binaries);
	if (err) {
		sisters_release(&sisters);
		return err;
	}
	r.out = xzalloc(sizeof *r.out);
	names_init(&r.out->names);
	r.chain_count = (size_t)profile->frame_count + 1;
	r.chains = xcalloc(r.chain_count, sizeof *r.chains);
	if (options->places)
		r.places = xcalloc((size_t)profile->frame_count + 1, sizeof *r.places);
	missing_init(&r.missing, profile);
	resolver_sort_frames(&r);
	progress_start(&progress, "Reading symbols", profile->frame_count);
	for (size_t at = 0; at < r.jobs.len; at += JOBS_TOGETHER) {
		size_t left = r.jobs.len - at;

		run_jobs(&r, r.jobs.data + at, left < JOBS_TOGETHER ? left : JOBS_TOGETHER, options,
			 &sisters, &progress);
	}
	sisters_notice_unused(&sisters);
	names_demangle(&r.out->names, options->crew);
	finish(&r);
	finish_missing(&r);
	*out = &r.out->symbols;
	vec_release(&r.jobs);
	vec_release(&r.frames);
	free(r.chains);
	missing_release(&r.missing);
	sisters_release(&sisters);
	return NULL;
}

void symbols_free(struct symbols *symbols)
{
	struct resolved *resolved = (struct resolved *)symbols;

	if (!resolved)
		return;
	names_release(&resolved->names);
	vec_release(&resolved->source_frames);
	vec_release(&resolved->first);
	vec_release(&resolved->missing);
	vec_release(&resolved->missing_first);
	free((void *)resolved->symbols.missing_of);
	free((void *)resolved->symbols.places);
	free(resolved);
}
