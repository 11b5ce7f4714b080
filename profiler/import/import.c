/* A recording of perf to a profile: records to the pipeline, facts to the meta data. */
#include "profiler/import/import.h"

#include <config.h>

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/progress.h>
#include <aprof/text.h>

#include "profiler/perf/perfdata.h"
#include "profiler/session/event_meta.h"
#include "profiler/session/pipeline.h"

struct import {
	struct perfdata *data;
	struct modules *modules;
	struct processes *processes;
	struct kernel *kernel;
	struct pipeline *pipeline;
	struct store *store;
	bool made_here; /* by the kernel that runs now, as far as names go */
	u64 first, last; /* times of samples */
	struct progress progress;
	u64 records;
};

/* The host and the kernel of the recording are ours: the vdso is ours, and the kernel may be. */
static bool is_made_here(const struct perfdata *data)
{
	const char *host = perfdata_fact(data, PERFDATA_HOST);
	const char *release = perfdata_fact(data, PERFDATA_KERNEL);
	struct utsname here;

	return host && release && !uname(&here) && !strcmp(host, here.nodename) &&
	       !strcmp(release, here.release);
}

/*
 * perf puts the address of one of the kernel's symbols into the mapping of "[kernel.kallsyms]_text":
 * if it has that address now, the kernel was not booted since, and all its names are right.
 */
static void check_kernel(struct import *im, const struct mmap_record *map)
{
	static const char prefix[] = "[kernel.kallsyms]";
	const char *symbol = map->path + sizeof prefix - 1;

	if (!im->made_here || strncmp(map->path, prefix, sizeof prefix - 1) != 0)
		return;
	kernel_want_all(im->kernel);
	kernel_wait(im->kernel);
	if (kernel_has_name(im->kernel, map->offset, symbol))
		pipeline_use_kernel(im->pipeline, im->kernel);
}

/*
 * What a recording says of mapped files holds for its machine. Without a build id the inode must
 * agree; with neither, only a file of this machine may be the one.
 */
static void guard_map(const struct import *im, struct mmap_record *map)
{
	if (im->made_here)
		return;
	if (!strcmp(map->path, "[vdso]"))
		map->path = "[vdso of another kernel]";
	if (!map->build_id.size && !map->inode)
		map->inode = UINT64_MAX;
}

static void on_record(void *arg, const struct record *record)
{
	struct import *im = arg;
	struct record guarded;

	progress_at(&im->progress, ++im->records);
	switch (record->type) {
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		if (record->mmap.is_kernel)
			check_kernel(im, &record->mmap);
		guarded = *record;
		guard_map(im, &guarded.mmap);
		record = &guarded;
		break;
	case PERF_RECORD_SAMPLE:
		if (!im->first) {
			im->first = record->time;
			pipeline_set_cpu(im->pipeline, perfdata_branch_depth(im->data),
					 perfdata_fact(im->data, PERFDATA_CPU_ID));
		}
		im->last = record->time;
		break;
	}
	pipeline_record(im->pipeline, record);
	store_flush(im->store, record->time);
}

static void put_events(struct import *im)
{
	for (size_t i = 0; i < perfdata_event_count(im->data); i++) {
		const struct perfdata_event *e = perfdata_event(im->data, i);
		u64 config = e->attr.config;

		event_meta_put(im->store, i, e->name,
			       e->attr.type == PERF_TYPE_SOFTWARE && config <= PERF_COUNT_SW_TASK_CLOCK,
			       &e->attr);
	}
}

/* How most events took their stacks. */
static void put_stacks(struct import *im)
{
	static const struct {
		u64 sample_type;
		const char *name;
	} ways[] = {
		{ PERF_SAMPLE_STACK_USER, "dwarf" },
		{ PERF_SAMPLE_CALLCHAIN, "fp" },
		{ 0, "none" },
	};
	u64 types = 0;
	u32 bytes = 0;
	size_t i = 0;

	for (size_t n = 0; n < perfdata_event_count(im->data); n++) {
		const struct perf_event_attr *a = &perfdata_event(im->data, n)->attr;

		types |= a->sample_type;
		if (a->sample_type & PERF_SAMPLE_BRANCH_STACK &&
		    a->branch_sample_type & PERF_SAMPLE_BRANCH_CALL_STACK) {
			store_meta(im->store, "callgraph", "lbr");
			return;
		}
		if (a->sample_type & PERF_SAMPLE_STACK_USER)
			bytes = a->sample_stack_user;
	}
	while (ways[i].sample_type && !(types & ways[i].sample_type))
		i++;
	store_meta(im->store, "callgraph", ways[i].name);
	store_meta_u64(im->store, "stack_bytes", bytes);
}

static void put_facts(struct import *im)
{
	static const struct {
		enum perfdata_fact fact;
		const char *key;
	} facts[] = {
		{ PERFDATA_HOST, "host" },
		{ PERFDATA_KERNEL, "kernel" },
		{ PERFDATA_CPU, "cpu" },
		{ PERFDATA_COMMAND, "perf.command" },
		{ PERFDATA_PERF_VERSION, "perf.version" },
		{ PERFDATA_ARCH, "arch" },
	};

	store_meta(im->store, "version", APROF_VERSION);
	store_meta(im->store, "source", "perf.data");
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const char *text = perfdata_fact(im->data, facts[i].fact);

		if (text && *text)
			store_meta(im->store, facts[i].key, text);
	}
	put_events(im);
	put_stacks(im);
}

static struct err *read_records(struct import *im, struct import_result *result)
{
	const struct pipeline_options options = {
		.processes = im->processes,
		.modules = im->modules,
		.store = im->store,
		.imported = true,
	};
	const struct perfdata_counts *counts = perfdata_counts(im->data);
	struct err *err;

	TRY(pipeline_new(&im->pipeline, &options));
	put_facts(im);
	progress_start(&im->progress, "Importing records", 0);
	err = perfdata_read(im->data, on_record, im);
	progress_end(&im->progress);
	pipeline_finish(im->pipeline);
	put_facts(im); /* in a pipe most of them come behind the records */
	store_meta_u64(im->store, "start.monotonic_ns", im->first);
	store_meta_u64(im->store, "stop.monotonic_ns", im->last);
	if (perfdata_problem(im->data)) {
		result->problem = xstrdup(perfdata_problem(im->data));
		store_meta(im->store, "notices", result->problem);
	}
	result->malformed = counts->malformed;
	result->quality = *pipeline_quality(im->pipeline);
	return err;
}

static struct err *run(struct import *im, int in, const char *in_name, int out,
		       const char *out_name, struct import_result *result)
{
	struct err *err = perfdata_open(&im->data, in, in_name), *close_err;

	if (err) {
		close(out);
		return err;
	}
	im->made_here = is_made_here(im->data);
	TRY(store_open(&im->store, out, out_name));
	err = read_records(im, result);
	close_err = store_close(im->store, &result->bytes);
	if (!err)
		return close_err;
	err_free(close_err);
	return err;
}

struct err *import_perfdata(int in, const char *in_name, int out, const char *out_name,
			    struct import_result *result)
{
	struct import im = { .modules = modules_new(), .kernel = kernel_new(KERNEL_SYMBOLS) };
	struct err *err;

	*result = (struct import_result){ 0 };
	im.processes = processes_new(im.modules, &(struct processes_options){
							 .everything = true,
							 .imported = true,
						 });
	err = run(&im, in, in_name, out, out_name, result);
	pipeline_free(im.pipeline);
	processes_free(im.processes);
	modules_free(im.modules);
	kernel_free(im.kernel);
	perfdata_close(im.data);
	return err;
}

bool import_is_perfdata(int fd)
{
	static const char *const magics[] = { "PERFILE2", "2ELIFREP", "PERFFILE" };
	char start[8];

	if (pread(fd, start, sizeof start, 0) != sizeof start)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (!memcmp(start, magics[i], sizeof start))
			return true;
	return false;
}
