/*
 * Inside report/load: the tables that grow while a file is read, and the ids of its current epoch.
 *
 * The whole file is read for the definitions when it is opened, and again for every pass over the
 * rows. Each pass meets the same definitions in the same order and finds them under the same joined
 * ids, so that no map of a whole file's ids is kept: one epoch's is.
 */
#ifndef APROF_LOAD_LOAD_H
#define APROF_LOAD_LOAD_H

#include <aprof/arena.h>
#include <aprof/file.h>
#include <aprof/intern.h>
#include <aprof/trie.h>
#include <aprof/vec.h>

#include "report/load/profile.h"

/* The file's id -> the joined id; NO_ID where the definition was lost. */
struct id_map VEC(u32);

struct epoch {
	u32 number;
	bool any;
	struct id_map strings, modules, threads, frames, nodes;
};

/* Buffers for decoded tables, used again and again. */
struct decoded {
	struct meta_items meta;
	struct string_items strings;
	struct module_items modules;
	struct thread_items threads;
	struct frame_items frames;
	struct node_items nodes;
	struct symbol_items symbols;
	struct lost_items lost;
	struct row_items rows;
	struct branch_rows branch_rows; /* of the next rows in the chunk */
	struct branch_items branches;
};

struct load_meta {
	const char *key, *value;
};

struct load {
	struct profile profile; /* what callers see; first, so that one is the other */
	int fd;
	char *name;
	u64 end; /* file offset behind the last chunk of the first pass */
	bool complete; /* the first pass is over: tables are only looked up, and never change */
	bool redefined; /* an id of a frame or stack came to mean another one within an epoch */

	struct intern strings;
	struct trie trie;
	struct VEC(struct profile_stack) stacks; /* trie.nodes with depths */
	struct intern module_keys; /* what tells modules apart; several keys may be one module */
	struct VEC(u32) key_module;
	struct VEC(struct profile_module) modules;
	struct intern thread_keys; /* dense: the id of a key is the id of the thread */
	struct VEC(struct profile_thread) threads;
	struct VEC(struct profile_name) names;
	size_t names_sorted; /* entries that were there at the last compaction */
	struct VEC(struct profile_event) events;
	u32 event_count; /* that rows refer to */
	struct VEC(struct load_meta) meta;
	struct VEC(struct profile_packed) packed;
	struct arena arena; /* images, packed names */
	u64 lost_records;

	struct epoch epoch;
	struct decoded decoded;
};

/* Ids of a chunk's epoch start with nothing. To be called for each chunk before its tables. */
void load_set_epoch(struct load *load, u32 number);
/* Takes one table of definitions in; others are none of its business. False if not well formed. */
bool load_definitions(struct load *load, u8 type, struct bytes table);
/* decoded.rows gets the rows, with joined ids. False if not well formed. */
bool load_rows(struct load *load, struct bytes table, u64 *lost_references);

/* decoded.branches gets the branches, with joined ids. False if not well formed. */
bool load_branches(struct load *load, struct bytes table);

/* Sorts by module and start, and makes one of what is there twice. */
void load_compact_names(struct load *load);

#endif
