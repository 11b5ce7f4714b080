/*
 * Definitions of modules and threads as the session gave them, and their ids in the current epoch.
 *
 * A definition goes into the file when a row first uses it in an epoch, so that what is never
 * sampled costs nothing.
 */
#ifndef APROF_STORE_DEFS_H
#define APROF_STORE_DEFS_H

#include <aprof/file.h>
#include <aprof/intern.h>
#include <aprof/types.h>
#include <aprof/vec.h>

struct module_def {
	enum module_kind kind;
	char *path, *problem;
	struct build_id build_id;
	struct buf image;
	u32 id; /* in the epoch; NO_ID: not used in it */
	bool changed; /* since it went into the file */
	bool image_written;
};

struct thread_def {
	u32 key; /* the session's id */
	u32 pid, tid;
	char *comm, *process_comm;
	u32 id; /* in the epoch; NO_ID: not used in it, or renamed since */
};


struct defs {
	struct VEC(struct module_def) modules; /* by the session's id */
	u32 module_count; /* ids given in this epoch */
	struct VEC(u32) used_modules; /* the session's ids, in order of id */

	struct thread_def **threads; /* open addressing by key, at most half full */
	u32 thread_mask, thread_live;
	u32 thread_count; /* ids given in this epoch */
	struct thread_items new_threads; /* not yet in the file */

	struct intern strings; /* of this epoch */
};

void defs_init(struct defs *defs);
void defs_release(struct defs *defs);
/* Forgets all ids of the epoch, keeps the definitions. */
void defs_reset(struct defs *defs);

void defs_set_module(struct defs *defs, u32 module, const struct file_module *def);
void defs_set_image(struct defs *defs, u32 module, const void *image, size_t size);
void defs_set_thread(struct defs *defs, u32 thread, const struct file_thread *def);
void defs_drop_thread(struct defs *defs, u32 thread);

/* Ids in the epoch, given at the first call. */
u32 defs_module(struct defs *defs, u32 module);
u32 defs_thread(struct defs *defs, u32 thread);

enum module_kind defs_kind(const struct defs *defs, u32 module);

/* The items that the file does not have yet, or no longer as they are; their strings are interned. */
void defs_take_modules(struct defs *defs, struct module_items *out);
void defs_take_threads(struct defs *defs, struct thread_items *out);

#endif
