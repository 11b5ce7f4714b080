/*
 * Samples to a profile file: interning of stacks, epochs, columns, chunks, flushing.
 *
 * One thread (the drain loop) calls everything here; chunks are compressed and written by a thread
 * of the store's own, so that a slow disk backs up into a bounded queue, then into the drain loop,
 * and then into the rings, where the kernel counts what is lost.
 *
 * Memory is bounded by STORE_MEMORY and by the definitions of live threads and of modules.
 */
#ifndef APROF_STORE_STORE_H
#define APROF_STORE_STORE_H

#include <aprof/err.h>
#include <aprof/file.h>
#include <aprof/frame.h>
#include <aprof/types.h>

/* Bytes: tables of one epoch (26 MiB), rows and their coding (5), the queue to the writer (16). */
#define STORE_MEMORY ((size_t)48 << 20)

struct store;

/* Takes over `fd`. A pipe is as good as a file. */
ERR_MUST_CHECK struct err *store_open(struct store **out, int fd, const char *name);

/* Facts about the recording, keyed: "command", "host", "event.0.name" …; docs/format.md lists them.
   A later value of the same key replaces an older one. Values beyond 64 KiB are cut. */
void store_meta(struct store *store, const char *key, const char *value);
void store_meta_u64(struct store *store, const char *key, u64 value);

/* Definitions. They may come at any time before the first sample that uses them, and again when
   something became known (a build id, a thread's new name). Module ids are dense. A thread that is
   defined with another name is another thread in the file: earlier rows keep the earlier name. */
void store_module(struct store *store, u32 module, const struct file_module *def);
void store_thread(struct store *store, u32 thread, const struct file_thread *def);
/* No more rows of this thread: its definition is forgotten, its id is free. To be called for threads
   that exited, or the store's memory grows with their number. */
void store_thread_gone(struct store *store, u32 thread);
/* The bytes of a module that no file has (the vdso); at most a MiB is kept. */
void store_image(struct store *store, u32 module, const void *image, size_t size);

struct store_branch {
	struct frame from, to;
	u16 cycles;
	u8 flags; /* enum branch_flag */
};

struct store_row {
	u64 time; /* ns */
	u64 weight; /* the sample's period */
	u32 event;
	u32 thread; /* id given to store_thread() */
	u32 cpu;
	const struct frame *frames; /* leaf first */
	u32 count;
	const struct store_branch *branches; /* newest first */
	u32 branch_count;
};
void store_row(struct store *store, const struct store_row *row);

/*
 * Names for frames of MODULE_KERNEL and MODULE_JIT: called at each flush for the places that the
 * profile uses and has no name for yet (an offset inside the function, a call's for return
 * addresses). NULL: not known now; it is asked again at the next flush.
 */
typedef const char *store_name_at(void *arg, u32 module, u64 offset, u64 *start);
void store_set_names(struct store *store, store_name_at *lookup, void *arg);

void store_lost(struct store *store, u64 time, u32 cpu, u64 records);
/* Counters of the quality chunk: later values replace older ones. `samples`, `by_stop` and
   `kernel_only` are counted by the store itself. */
void store_quality(struct store *store, const struct file_quality *quality);

/* Writes out what is gathered, if a second has passed since the last time (or `now` is UINT64_MAX). */
void store_flush(struct store *store, u64 now);

u64 store_bytes_written(const struct store *store);
const struct file_quality *store_counts(const struct store *store);
/* Set once the writer failed (disk full): recording should end, what was flushed stays. */
bool store_failed(const struct store *store);

/* Flushes, writes the END chunk, waits for the writer, closes. The first write error comes here.
   *bytes, if it is not NULL, is the size of all that was written. */
ERR_MUST_CHECK struct err *store_close(struct store *store, u64 *bytes);

#endif
