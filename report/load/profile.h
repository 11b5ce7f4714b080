/*
 * A profile file as plain arrays; rows are streamed, never all in memory.
 *
 * Epochs are joined while loading: ids here are unique over the whole file. Damage is survived and
 * counted: a reference to a lost definition becomes a frame with status FRAME_LOST.
 */
#ifndef APROF_LOAD_PROFILE_H
#define APROF_LOAD_PROFILE_H

#include <aprof/bytes.h>
#include <aprof/err.h>
#include <aprof/file.h>
#include <aprof/frame.h>
#include <aprof/types.h>

struct profile_module {
	enum module_kind kind;
	const char *path;
	struct build_id build_id;
	const char *problem; /* NULL if none */
	struct bytes image; /* file-less modules: vdso bytes; empty otherwise */
};

struct profile_thread {
	i32 pid, tid; /* -1: a task that had no number any more (perf.data has such) */
	const char *comm;
	const char *process_comm;
};

struct profile_event {
	const char *name; /* "cpu-clock", "cycles:ppp" */
	const char *unit; /* "ns" for clocks, "events" */
	u64 frequency; /* 0 if a period was set */
	u64 period;
};

struct profile_stack {
	u32 parent; /* towards the root: stack id, NO_ID at the outermost frame */
	u32 frame;
	u32 depth; /* 1 for an outermost frame */
};

struct profile_name { /* a kernel or JIT symbol */
	u32 module;
	u64 start, end; /* offsets */
	const char *name;
};

struct profile_packed { /* names that `aprof pack` put into the file, for one module */
	u32 module;
	const struct packed_names *names;
};

struct profile_row {
	u64 time;
	u64 weight;
	u32 event, thread;
	u32 stack; /* NO_ID: empty */
	u32 cpu;
	const struct branch_item *branches; /* newest first, of frames of the profile; during the call */
	u32 branch_count;
};

struct profile {
	const struct profile_module *modules;
	const struct profile_thread *threads;
	const struct profile_event *events;
	const struct frame *frames;
	const struct profile_stack *stacks; /* a parent's id is smaller than its child's */
	const struct profile_name *names; /* sorted by module, start */
	const struct profile_packed *packed; /* a module may have several */
	u32 packed_count;
	u32 module_count, thread_count, event_count, frame_count, stack_count, name_count;
	struct file_quality quality;
	u64 rows;
	u64 branches; /* of all rows */
	u64 first_time, last_time; /* ns; 0 if there are no rows */
	bool ended; /* the recording ended orderly (END chunk) */
	u64 damaged_bytes; /* skipped while resynchronising */
	u64 damaged_chunks;
	u64 tail_bytes; /* of an incomplete last chunk: the recorder was killed in it */
	u64 lost_references; /* rows or stacks whose definition was in a damaged part */
	u64 file_size;
	u32 version; /* of the format */
	u32 epochs;
};

/* path "-" is stdin. Errors: missing, a directory, not a profile, a newer version, unreadable. */
ERR_MUST_CHECK struct err *profile_open(struct profile **out, const char *path);
/* Takes over `fd`, and reads it from its first byte; a pipe is copied to a temporary file. */
ERR_MUST_CHECK struct err *profile_open_fd(struct profile **out, int fd, const char *name);
/* The file itself, to be read at offsets: for copying its chunks. */
int profile_fd(const struct profile *profile);
void profile_close(struct profile *profile);

/* NULL if the key is not there. Keys are listed in docs/format.md. */
const char *profile_meta(const struct profile *profile, const char *key);
/* i-th key and value, false past the last: for `aprof info`. */
bool profile_meta_at(const struct profile *profile, size_t i, const char **key, const char **value);

/* Streams every row in file order, as often as wanted, not nested. `each` returns false to stop. */
typedef bool profile_each_row(void *arg, const struct profile_row *row);
ERR_MUST_CHECK struct err *profile_rows(struct profile *profile, profile_each_row *each, void *arg);

/* The kernel or JIT symbol that covers an offset; NULL if there is none. */
const struct profile_name *profile_name_at(const struct profile *profile, u32 module, u64 offset);

#endif
