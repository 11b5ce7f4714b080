/*
 * Samples to a profile file: interning of stacks, epochs, columns, chunks, flushing.
 *
 * The drain thread calls everything here; compressed chunks are written by a thread of the store's
 * own, so that a slow disk backs up into a bounded queue and then into the rings, where the kernel
 * counts what is lost.
 */
#ifndef APROF_STORE_STORE_H
#define APROF_STORE_STORE_H

#include <aprof/err.h>
#include <aprof/file.h>
#include <aprof/frame.h>
#include <aprof/types.h>

struct store;

/* Takes over `fd`. A pipe is as good as a file. */
ERR_MUST_CHECK struct err *store_open(struct store **out, int fd, const char *name);

/* Facts about the recording, keyed: "command", "host", "event.0.name" …; docs/format.md lists them.
   A later value of the same key replaces an older one. */
void store_meta(struct store *store, const char *key, const char *value);

/* Definitions. They may come at any time before the first sample that uses them, and again when
   something became known (a build id, a thread's new name). */
void store_module(struct store *store, u32 module, const struct file_module *def);
void store_thread(struct store *store, u32 thread, const struct file_thread *def);

struct store_row {
	u64 time; /* ns */
	u64 weight; /* the sample's period */
	u32 event;
	u32 thread; /* id given to store_thread() */
	const struct frame *frames; /* leaf first */
	u32 count;
};
void store_row(struct store *store, const struct store_row *row);

/* Kernel symbols for frames of MODULE_KERNEL: called at each flush with the offsets that the
   profile uses and has no name for. */
typedef const char *store_kernel_name(void *arg, u64 offset, u64 *start);
void store_set_kernel_names(struct store *store, store_kernel_name *lookup, void *arg);

void store_lost(struct store *store, u64 time, u32 cpu, u64 records);
/* Counters of the quality chunk: later values replace older ones. */
void store_quality(struct store *store, const struct file_quality *quality);

/* Writes out what is gathered, if a second has passed since the last time (or `now` is UINT64_MAX). */
void store_flush(struct store *store, u64 now);

u64 store_bytes_written(const struct store *store);
/* Set once the writer failed (disk full): recording should end, what was flushed stays. */
bool store_failed(const struct store *store);

/* Flushes, writes the END chunk, waits for the writer, closes. The first write error comes here. */
ERR_MUST_CHECK struct err *store_close(struct store *store);

#endif
