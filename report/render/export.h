/* Profiles in the formats of other viewers, and as JSON for machines: one file a format. */
#ifndef APROF_RENDER_EXPORT_H
#define APROF_RENDER_EXPORT_H

#include <stdio.h>

#include <aprof/err.h>
#include <aprof/intern.h>
#include <aprof/text.h>

#include "report/load/profile.h"
#include "report/render/origin.h"
#include "report/tree/calltree.h"
#include "report/tree/quality.h"

struct export_sample {
	u64 time, weight;
	u32 thread; /* index in export_input.threads */
	u32 node;
	bool unsure;
};

struct export_thread { /* of one (pid, tid), whatever it was called in between */
	i32 pid, tid;
	const char *comm, *process_comm;
	size_t first, count; /* its samples */
};

struct export_samples VEC(struct export_sample);

struct export_input {
	FILE *out;
	struct profile *profile;
	u32 event;
	const struct label_set *labels;
	struct origins known;
	const struct calltree *tree; /* finished, with the line of every step */
	const struct quality *quality;
	const struct export_sample *samples; /* sorted by thread, then time */
	size_t sample_count;
	const struct export_thread *threads; /* sorted by pid, tid */
	size_t thread_count;
};

typedef struct err *export_fn(const struct export_input *in);

struct export_format {
	const char *name;
	const char *file; /* default name of the output */
	const char *help;
	export_fn *write;
};

/* Ends with an all-zero row. */
extern const struct export_format export_formats[];

export_fn export_pprof, export_firefox, export_speedscope, export_json;

/* --- shared by the formats --- */

/* A distinct (label, site): what others call a location, or a frame. */
struct export_frames {
	struct intern keys;
	u32 *of_node; /* by node of the tree; NO_ID for node 0 */
};

void export_frames_init(struct export_frames *frames, const struct calltree *tree);
void export_frames_release(struct export_frames *frames);
void export_frame(const struct export_frames *frames, u32 frame, u32 *label, u32 *site);

/* Where a label's function is written: *file is NULL, *line 0 if it is not known. */
void export_place(const struct export_input *in, u32 label, const char **file, u32 *line);

/* The root of a node's stack, if that is a task; NO_ID if not. */
u32 export_task(const struct calltree *tree, u32 node);

/* Clean text of a name, valid until the next call with the same `buf`. */
const char *export_name(struct text *buf, const char *name);

#endif
