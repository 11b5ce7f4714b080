/*
 * The tables of a profile file, each with its coding. docs/format.md is the specification; this is
 * its C form. <aprof/chunk.h> is the container that they travel in.
 *
 * Every xxx_encode() appends the bytes of one table; every xxx_decode() takes one apart, and is false
 * for bytes that are not well formed (nothing of `out` is to be used then). Decoded strings and bytes
 * point into the table. Ids hold within an epoch, and are dense from 0; definitions come before their
 * use. Tables with ids carry the first id, so that a lost chunk shifts nothing.
 */
#ifndef APROF_FILE_H
#define APROF_FILE_H

#include <aprof/bytes.h>
#include <aprof/chunk.h>
#include <aprof/err.h>
#include <aprof/frame.h>
#include <aprof/intern.h>
#include <aprof/trie.h>
#include <aprof/types.h>
#include <aprof/vec.h>

/* Bounds of the format, so that a reader may allocate what it is told. */
#define FILE_MAX_IDS (1u << 22) /* of each kind in one epoch */
#define FILE_MAX_ITEMS (1u << 20) /* rows or definitions in one table */
#define FILE_MAX_EVENTS 256u
#define FILE_MAX_CPUS 8192u /* as the kernel has it at most (NR_CPUS) */

/* What callers give to the store, and what definitions mean. */
struct file_module {
	enum module_kind kind;
	const char *path;
	struct build_id build_id;
	const char *problem; /* why it could not be used for unwinding; NULL if it was */
};

struct file_thread {
	u32 pid, tid;
	const char *comm;
	const char *process_comm; /* the main thread's name */
};

/* What went wrong, as counts; every report can show it. */
struct file_quality {
	u64 samples; /* rows written */
	u64 lost; /* records lost in the kernel's rings */
	u64 lost_samples; /* samples lost in PEBS buffers */
	u64 throttled; /* times the kernel throttled an event */
	u64 dropped_late; /* samples that waited for a table in vain */
	u64 by_stop[STOP_COUNT]; /* stacks by how they ended */
	u64 kernel_only; /* samples without a user part */
};

/* TABLE_META: one key and its value; a later value replaces an older one. */
struct meta_item {
	const char *key, *value;
};
struct meta_items VEC(struct meta_item);
void meta_encode(struct buf *out, const struct meta_items *items);
bool meta_decode(struct bytes in, struct meta_items *out);

/* TABLE_STRINGS: strings without NUL, with the ids first, first + 1 … */
struct string_items VEC(const char *);
void strings_encode(struct buf *out, u32 first, const struct string_items *items);
bool strings_decode(struct bytes in, u32 *first, struct string_items *out);

/* TABLE_MODULES, TABLE_THREADS: may define an id again. Texts are ids of strings, NO_ID: none. */
struct module_item {
	u32 id;
	enum module_kind kind;
	u32 path, problem;
	struct build_id build_id;
};
struct module_items VEC(struct module_item);
void modules_encode(struct buf *out, const struct module_items *items);
bool modules_decode(struct bytes in, struct module_items *out);

struct thread_item {
	u32 id;
	u32 pid, tid;
	u32 comm, process_comm;
};
struct thread_items VEC(struct thread_item);
void threads_encode(struct buf *out, const struct thread_items *items);
bool threads_decode(struct bytes in, struct thread_items *out);

/* TABLE_FRAMES, TABLE_STACKS: frame and node ids first, first + 1 … A node's parent is smaller.
   next_frame: the first frame that no node before these has. */
struct frame_items VEC(struct frame);
void frames_encode(struct buf *out, u32 first, const struct frame *frames, u32 count);
bool frames_decode(struct bytes in, u32 *first, struct frame_items *out);

struct node_items VEC(struct trie_node);
void stacks_encode(struct buf *out, u32 first, u32 next_frame, const struct trie_node *nodes,
		   u32 count);
bool stacks_decode(struct bytes in, u32 *first, struct node_items *out);

/* TABLE_SYMBOLS: the code of `module` from start to end, exclusive, has this name (a string id). A
   later entry with the same start may extend an earlier one. */
struct symbol_item {
	u32 module, name;
	u64 start, end;
};
struct symbol_items VEC(struct symbol_item);
void symbols_encode(struct buf *out, const struct symbol_items *items);
bool symbols_decode(struct bytes in, struct symbol_items *out);

/* TABLE_IMAGE: the bytes of one module, far fewer than CHUNK_RAW_MAX. */
void image_encode(struct buf *out, u32 module, struct bytes image);
bool image_decode(struct bytes in, u32 *module, struct bytes *image);

/*
 * TABLE_NAMES: what the code at places of one module is called, for a reader who has not the module's
 * file. Complete in itself: it holds its strings and names its module, and depends on no other table.
 */
struct packed_function {
	u8 source; /* enum symbol_source of the report */
	bool is_rust;
	bool shared; /* its code is another function's too */
	u32 name, path, linkage, file; /* strings here; NO_ID: none */
	u32 line;
};

struct packed_frame {
	u32 function;
	u32 file; /* string; NO_ID: unknown */
	u32 line;
};

struct packed_place {
	u64 offset; /* of the instruction: a return address less one */
	u32 first, count; /* frames, innermost first */
};

struct packed_names {
	enum module_kind kind;
	struct build_id build_id;
	const char *module; /* path */
	struct VEC(const char *) strings;
	struct VEC(struct packed_function) functions;
	struct VEC(struct packed_frame) frames;
	struct VEC(struct packed_place) places; /* sorted by offset */
};

void packed_encode(struct buf *out, const struct packed_names *names);
/* Strings point into `in`. */
bool packed_decode(struct bytes in, struct packed_names *out);
void packed_release(struct packed_names *names);

/* TABLE_ROWS. Times are kept to the microsecond, rounded down. Events are below FILE_MAX_EVENTS,
   cpus below FILE_MAX_CPUS. */
#define ROW_TICK_NS 1000u
struct row_item {
	u64 time; /* ns */
	u64 weight;
	u32 event, thread, cpu;
	u32 stack; /* NO_ID: empty */
};
struct row_items VEC(struct row_item);
void rows_encode(struct buf *out, const struct row_item *rows, u32 count);
bool rows_decode(struct bytes in, struct row_items *out);

/* TABLE_BRANCHES: what the hardware recorded before samples of the ROWS that follows, newest first. */
enum branch_flag {
	BRANCH_MISPREDICTED = 1,
	BRANCH_PREDICTED = 2, /* neither: the hardware does not tell */
	BRANCH_IN_TX = 4,
	BRANCH_ABORT = 8,
	BRANCH_FLAGS = 15
};
struct branch_item {
	u32 from, to; /* frames */
	u16 cycles; /* since the branch before; 0: not told */
	u8 flags; /* enum branch_flag */
};
struct branch_items VEC(struct branch_item);
struct branch_row {
	u32 row; /* index in the table of rows, ascending */
	u32 count; /* of branches, not 0 */
};
struct branch_rows VEC(struct branch_row);
void branches_encode(struct buf *out, const struct branch_rows *rows,
		     const struct branch_items *items);
bool branches_decode(struct bytes in, struct branch_rows *rows, struct branch_items *items);

/* TABLE_LOST: `records` were lost on `cpu` some time before `time`. */
struct lost_item {
	u64 time; /* ns, to the microsecond */
	u64 records;
	u32 cpu;
};
struct lost_items VEC(struct lost_item);
void lost_encode(struct buf *out, const struct lost_items *items);
bool lost_decode(struct bytes in, struct lost_items *out);

/* TABLE_QUALITY: the newest one holds. */
void quality_encode(struct buf *out, const struct file_quality *quality);
bool quality_decode(struct bytes in, struct file_quality *out);

/* TABLE_END: rows in the whole file. */
void end_encode(struct buf *out, u64 rows);
bool end_decode(struct bytes in, u64 *rows);

#endif
