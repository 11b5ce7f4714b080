/*
 * One module's frames: finding its files and looking all its places up at once.
 *
 * Jobs share nothing, so they may run beside each other; their notices are printed afterwards.
 */
#ifndef APROF_SYMBOLS_JOB_H
#define APROF_SYMBOLS_JOB_H

#include <aprof/binary.h>
#include <aprof/crew.h>
#include <aprof/dwarf.h>
#include <aprof/progress.h>
#include <aprof/text.h>
#include <aprof/vec.h>

#include "report/load/profile.h"
#include "report/symbols/symbols.h"

/* One frame's place in the module. */
struct place {
	u64 offset; /* of the instruction: a return address less one */
	u64 vaddr; /* UINT64_MAX: in no segment */
	u32 frame;
	u32 first, count; /* its chain in job->chains; count 0: no DWARF function */
	bool made_up; /* the frame, of what a tail call left out (missing.h) */
	bool symbol_only; /* named by its ELF symbol, whatever DWARF says */
};

/* Sources of DWARF and symbols, in order of preference. */
enum job_file {
	FILE_SISTER, /* --debug-binary */
	FILE_OWN,
	FILE_DEBUG, /* separate debug information */
	FILE_COUNT
};

struct job {
	const struct profile_module *module;
	u32 id;
	struct VEC(struct place) places;
	struct binary *files[FILE_COUNT]; /* NULL: there is none */
	struct dwarf *dwarf[FILE_COUNT];
	enum dwarf_lines lines;
	size_t planned[FILE_COUNT]; /* sections to be decompressed */
	struct VEC(struct dwarf_frame) chains;
	struct VEC(char *) notices;
	struct crew *crew; /* that walks its units; NULL: it does so alone */
	bool ran; /* atomic: nothing of its files will be read any more */
	size_t waits; /* atomic: for so many of its sections, and for job_come() */
	struct progress *progress; /* told of each place that is found; NULL: of none */
	u64 done;
};

/* `sisters` are the opened --debug-binary files; see sister.h. */
struct sisters;

void job_init(struct job *job, const struct profile_module *module, u32 id);
void job_release(struct job *job);
/* Opens its files; then looks all its places up. */
void job_open(struct job *job, const struct symbols_options *options, struct sisters *sisters);
void job_run(struct job *job);
/* Reads the parts of its files that will be wanted, until it ran. */
void job_read_ahead(const struct job *job);

/*
 * Several jobs beside each other. What they will need of their files is read, decompressed and sorted
 * from their opening in jobs_start() on, which tells `opened` of each, in the crew's threads. A job runs
 * when all that is there, and job_come() was called: places may be added until then. jobs_finish()
 * returns when all have run.
 */
#define JOBS_TOGETHER 8
typedef void job_opened(void *arg, size_t i);
void jobs_start(struct crew *crew, struct job *jobs, size_t count,
		const struct symbols_options *options, struct sisters *sisters,
		job_opened *opened, void *arg);
/* The one with the most places. */
struct job *jobs_most(struct job *jobs, size_t count);
/* One of what the job waits for has come. */
void job_come(struct job *job);
void jobs_finish(struct crew *crew);

/* What is begun first: what ends a job, then what all of it waits for. Reading weighs its bytes. */
enum job_step { JOB_SEARCH = 1, JOB_RUN };
u64 job_weight(const struct job *job, enum job_step step);

void job_notice(struct job *job, const char *fmt, ...) ERR_PRINTF(2, 3);

/* The file whose symbols are asked first; NULL if there is none. */
struct binary *job_symbols(const struct job *job);
/* The ELF symbol that covers a place, from any of the files; NULL if there is none. */
const struct symbol *job_symbol_at(struct job *job, u64 vaddr);

/* Opens the module's own file: sets files[FILE_OWN], or says why not in a notice. */
void job_open_own(struct job *job, const char *symfs);

#endif
