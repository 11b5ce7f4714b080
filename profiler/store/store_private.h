/* What a store gathers between two flushes. */
#ifndef APROF_STORE_STORE_PRIVATE_H
#define APROF_STORE_STORE_PRIVATE_H

#include "profiler/store/defs.h"
#include "profiler/store/stacks.h"
#include "profiler/store/store.h"
#include "profiler/store/writer.h"

struct store_meta {
	char *key, *value;
	bool changed;
};

/* A place in the kernel or in JIT code whose function is not named in this epoch yet. */
struct nameless {
	u32 module; /* the session's id */
	u64 offset;
};

/* An epoch ends when one of its tables is this large. */
struct store_limits {
	u32 frames, nodes, stacks, threads;
	size_t strings; /* bytes */
};

struct store {
	struct store_limits limits;
	struct writer *writer;
	struct VEC(struct store_meta) meta;

	u32 epoch;
	struct stacks stacks;
	struct defs defs;
	u32 frames_written, nodes_written, strings_written; /* of the epoch's tables */

	struct buf payload; /* tables of the next chunk */
	struct row_items rows;
	struct branch_rows branch_rows;
	struct branch_items branches;
	struct lost_items lost;
	struct VEC(struct nameless) nameless;
	struct file_quality quality;
	bool quality_changed;
	u64 flush_at; /* ns, in the rows' clock */

	store_name_at *name_at;
	void *name_arg;
};

/* Everything gathered becomes tables of the next chunk: definitions first. */
void store_gather(struct store *store);
/* Adds a table to the next chunk, and empties it. */
void store_put(struct store *store, enum table_type type, struct buf *table);
/* The chunk, if anything is in it, goes to the writer. */
void store_send(struct store *store);

#endif
