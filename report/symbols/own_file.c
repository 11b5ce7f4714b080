/* The file of a module: found by path, below --symfs first, and checked by its build id. */
#include <errno.h>
#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "report/symbols/job.h"

struct attempt {
	bool changed; /* a file was there, but it was another one */
	struct err *err; /* the first that is not "no such file" */
};

/* True if the file is the one that was mapped; the profile may not know which that was. */
static bool is_the_one(const struct binary *bin, const struct build_id *want)
{
	return !want->size || build_id_equal(binary_build_id(bin), want);
}

static struct binary *try_path(const char *path, const struct build_id *want,
			       struct attempt *attempt)
{
	CLEANUP(binary_closep) struct binary *bin = NULL;
	struct err *err = binary_open(&bin, path);

	if (err && (attempt->err || err->os_errno == ENOENT || err->os_errno == ENOTDIR)) {
		err_free(err);
		return NULL;
	}
	if (err) {
		attempt->err = err;
		return NULL;
	}
	if (is_the_one(bin, want))
		return TAKE_PTR(bin);
	attempt->changed = true;
	return NULL;
}

static struct binary *try_below(const char *root, const char *path, const struct build_id *want,
				struct attempt *attempt)
{
	AUTO_FREE char *below = xasprintf("%s/%s", root, path);

	return try_path(below, want, attempt);
}

void job_open_own(struct job *job, const char *symfs)
{
	const struct profile_module *module = job->module;
	struct attempt attempt = { 0 };
	struct binary *bin = NULL;
	struct err *err;

	if (module->kind == MODULE_VDSO) {
		if (!bytes_left(&module->image))
			return; /* imported: the other profiler does not keep it */
		err = binary_open_image(&bin, module->image.at, bytes_left(&module->image),
					module->path);
		if (err)
			job_notice(job, "%s", err->message);
		err_free(err);
		job->files[FILE_OWN] = bin;
		return;
	}
	if (symfs)
		bin = try_below(symfs, module->path, &module->build_id, &attempt);
	if (!bin)
		bin = try_path(module->path, &module->build_id, &attempt);
	if (!bin && attempt.changed)
		job_notice(job, "%s is not the file that was recorded (another build id): its "
				"functions have no names; --symfs DIR looks for it below DIR",
			   module->path);
	else if (!bin && attempt.err)
		job_notice(job, "%s", attempt.err->message);
	else if (!bin)
		job_notice(job, "%s is not there: its functions have no names; --symfs DIR looks "
				"for it below DIR",
			   module->path);
	err_free(attempt.err);
	job->files[FILE_OWN] = bin;
}
