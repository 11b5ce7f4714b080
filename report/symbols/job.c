/* Looking a module's places up in whatever DWARF there is for it. */
#include "report/symbols/job.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <aprof/alloc.h>

#include "report/symbols/sister.h"

void job_init(struct job *job, const struct profile_module *module, u32 id)
{
	*job = (struct job){ .module = module, .id = id };
}

void job_release(struct job *job)
{
	for (int i = 0; i < FILE_COUNT; i++) {
		dwarf_close(job->dwarf[i]);
		binary_close(job->files[i]);
	}
	vec_each(&job->notices, text)
		free(*text);
	vec_release(&job->notices);
	vec_release(&job->places);
	vec_release(&job->chains);
}

void job_notice(struct job *job, const char *fmt, ...)
{
	struct text text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(&text, fmt, ap);
	va_end(ap);
	*vec_push(&job->notices) = text_take(&text);
}

static void open_files(struct job *job, const struct symbols_options *options,
		       struct sisters *sisters)
{
	struct binary *own;
	struct err *err;

	job_open_own(job, options->symfs);
	own = job->files[FILE_OWN];
	if (!own)
		return;
	job->files[FILE_SISTER] = sisters_find(sisters, own);
	if (job->files[FILE_SISTER] || binary_has_dwarf(own))
		return;
	err = binary_find_debug(own, options->symfs, &job->files[FILE_DEBUG]);
	if (err)
		job_notice(job, "%s: %s", binary_name(own), err->message);
	err_free(err);
}

void job_open(struct job *job, const struct symbols_options *options, struct sisters *sisters)
{
	open_files(job, options, sisters);
}

void job_read_ahead(const struct job *job)
{
	/* What tail calls are found with comes first: names are looked at in the end. */
	static const char *const code[] = {
		".eh_frame_hdr", ".symtab", ".dynsym", ".eh_frame", ".text", ".dynstr", ".strtab",
	};

	for (int i = 0; i < FILE_COUNT; i++) {
		if (!job->files[i])
			continue;
		binary_read_by(job->files[i], BINARY_HUGE_PAGES);
		binary_read_ahead(job->files[i], code, ARRAY_LEN(code), &job->ran);
		dwarf_read_ahead(job->files[i], &job->ran);
	}
}

static void notice_dwarf(struct job *job, const struct binary *bin, const struct dwarf *dwarf)
{
	const char *alt = dwarf_missing_alt(dwarf);

	if (dwarf_damaged(dwarf))
		job_notice(job, "%s: %zu units of its DWARF are damaged and were skipped",
			   binary_name(bin), dwarf_damaged(dwarf));
	if (dwarf_split(dwarf))
		job_notice(job, "%s: the functions of %zu units are in .dwo files, which are not "
				"read; build it without -gsplit-dwarf to see inlined functions",
			   binary_name(bin), dwarf_split(dwarf));
	if (alt)
		job_notice(job, "%s: the alternate debug file %s is not there, so some functions "
				"have no name; it comes with the debug package",
			   binary_name(bin), alt);
}

/* ---- one query ---- */

struct lookup {
	struct job *job;
	const u32 *at; /* query -> index in job->places */
};

static void add_chain(void *arg, size_t query, const struct dwarf_frame *frames, size_t count)
{
	struct lookup *lookup = arg;
	struct job *job = lookup->job;
	struct place *place = &job->places.data[lookup->at[query]];

	place->first = (u32)job->chains.len;
	place->count = (u32)count;
	if (job->progress)
		progress_at(job->progress, job->done++);
	vec_append(&job->chains, frames, count);
}

static void query(struct job *job, enum job_file which, struct lookup *lookup, const u64 *vaddrs,
		  size_t count)
{
	struct binary *bin = job->files[which];
	struct err *err = dwarf_open_for(&job->dwarf[which], bin, job->lines, vaddrs, count);

	if (err) {
		job_notice(job, "%s", err->message);
		err_free(err);
		return;
	}
	dwarf_query(job->dwarf[which], job->crew, vaddrs, count, add_chain, lookup);
	notice_dwarf(job, bin, job->dwarf[which]);
}

/* Asks one file for every place that has no chain yet. */
static void query_file(struct job *job, enum job_file which)
{
	u64 *vaddrs = xcalloc(job->places.len, sizeof *vaddrs);
	u32 *at = xcalloc(job->places.len, sizeof *at);
	size_t count = 0;

	for (u32 i = 0; i < job->places.len; i++) {
		if (job->places.data[i].count || job->places.data[i].vaddr == UINT64_MAX)
			continue;
		vaddrs[count] = job->places.data[i].vaddr;
		at[count++] = i;
	}
	if (count)
		query(job, which, &(struct lookup){ job, at }, vaddrs, count);
	free(vaddrs);
	free(at);
}

static int by_vaddr(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->vaddr < y->vaddr ? -1 : x->vaddr > y->vaddr;
}

void job_run(struct job *job)
{
	vec_each(&job->places, place)
		place->vaddr = job->files[FILE_OWN] ?
				       binary_offset_to_vaddr(job->files[FILE_OWN], place->offset) :
				       UINT64_MAX;
	vec_sort(&job->places, by_vaddr);
	for (int i = 0; i < FILE_COUNT; i++)
		if (job->files[i] && binary_has_dwarf(job->files[i]))
			query_file(job, i);
}

/* A stripped file has its dynamic symbols only; the others may know better. */
static const enum job_file symbol_order[] = { FILE_DEBUG, FILE_SISTER, FILE_OWN };

struct binary *job_symbols(const struct job *job)
{
	for (size_t i = 0; i < ARRAY_LEN(symbol_order); i++)
		if (job->files[symbol_order[i]])
			return job->files[symbol_order[i]];
	return NULL;
}

const struct symbol *job_symbol_at(struct job *job, u64 vaddr)
{
	const struct symbol *symbol;

	for (size_t i = 0; i < ARRAY_LEN(symbol_order); i++) {
		if (!job->files[symbol_order[i]])
			continue;
		symbol = binary_symbol_at(job->files[symbol_order[i]], vaddr);
		if (symbol)
			return symbol;
	}
	return NULL;
}
