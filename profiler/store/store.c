/* Rows in, chunks out: gathers columns, decides when to flush and when an epoch ends. */
#include "profiler/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "profiler/store/store_private.h"

/* See STORE_MEMORY. */
static const struct store_limits default_limits = {
	.frames = 1u << 18,
	.nodes = 1u << 20,
	.stacks = 1u << 19,
	.threads = 1u << 16,
	.strings = (size_t)4 << 20,
};

/* A flush comes earlier when so much has gathered. */
#define PENDING_ROWS (1u << 15)
#define PENDING_NODES (1u << 16)
#define PENDING_BRANCHES (1u << 17)

#define META_VALUE_MAX ((size_t)64 << 10)

struct err *store_open(struct store **out, int fd, const char *name)
{
	struct store *s = xzalloc(sizeof *s);
	struct err *err = writer_open(&s->writer, fd, name);

	if (err) {
		free(s);
		return err;
	}
	s->limits = default_limits;
	stacks_init(&s->stacks);
	defs_init(&s->defs);
	*out = s;
	return NULL;
}

static void meta_set(struct store *s, const char *key, char *value)
{
	vec_each(&s->meta, item) {
		if (!strcmp(item->key, key)) {
			free(item->value);
			item->value = value;
			item->changed = true;
			return;
		}
	}
	*vec_push(&s->meta) = (struct store_meta){
		.key = xstrdup(key), .value = value, .changed = true
	};
}

void store_meta(struct store *s, const char *key, const char *value)
{
	meta_set(s, key, xstrndup(value, META_VALUE_MAX));
}

void store_meta_u64(struct store *s, const char *key, u64 value)
{
	meta_set(s, key, xasprintf("%llu", (unsigned long long)value));
}

void store_module(struct store *s, u32 module, const struct file_module *def)
{
	defs_set_module(&s->defs, module, def);
}

void store_image(struct store *s, u32 module, const void *image, size_t size)
{
	defs_set_image(&s->defs, module, image, size);
}

void store_thread(struct store *s, u32 thread, const struct file_thread *def)
{
	defs_set_thread(&s->defs, thread, def);
}

void store_thread_gone(struct store *s, u32 thread)
{
	defs_drop_thread(&s->defs, thread);
}

void store_set_names(struct store *s, store_name_at *lookup, void *arg)
{
	s->name_at = lookup;
	s->name_arg = arg;
}

static bool epoch_full(const struct store *s)
{
	const struct store_limits *max = &s->limits;

	return s->stacks.trie.frames.len >= max->frames || s->stacks.trie.nodes.len >= max->nodes ||
	       s->stacks.count >= max->stacks || s->defs.thread_count >= max->threads ||
	       s->defs.strings.arena.used >= max->strings;
}

static void write_out(struct store *s)
{
	store_gather(s);
	store_send(s);
}

static void next_epoch(struct store *s)
{
	write_out(s);
	stacks_release(&s->stacks);
	stacks_init(&s->stacks);
	defs_reset(&s->defs);
	s->frames_written = s->nodes_written = s->strings_written = 0;
	s->nameless.len = 0;
	s->epoch++;
}

/* How the stack ended, told by its outermost frame. Complete stacks are not worth a chunk each second:
   the reader counts all rows, so that the rest of them is complete. */
static void count_stack(struct store *s, const struct frame *frames, u32 count)
{
	struct file_quality *q = &s->quality;
	enum stop_reason stop = STOP_END;

	q->samples++;
	if (count && frame_is_end(&frames[count - 1])) {
		stop = (enum stop_reason)u64_min(frames[count - 1].offset, STOP_COUNT - 1);
		count--;
	}
	q->by_stop[stop]++;
	if (count && frames[count - 1].space == SPACE_KERNEL) {
		q->kernel_only++;
		s->quality_changed = true;
	}
	s->quality_changed |= stop != STOP_END;
}

static void add_branches(struct store *s, const struct store_row *row)
{
	if (!row->branch_count)
		return;
	*vec_push(&s->branch_rows) = (struct branch_row){ (u32)s->rows.len, row->branch_count };
	for (u32 i = 0; i < row->branch_count; i++) {
		const struct store_branch *b = &row->branches[i];

		*vec_push(&s->branches) = (struct branch_item){
			.from = trie_frame(&s->stacks.trie, &b->from),
			.to = trie_frame(&s->stacks.trie, &b->to),
			.cycles = b->cycles,
			.flags = b->flags,
		};
	}
}

void store_row(struct store *s, const struct store_row *row)
{
	if (epoch_full(s))
		next_epoch(s);
	add_branches(s, row);
	*vec_push(&s->rows) = (struct row_item){
		.time = row->time,
		.weight = row->weight,
		.event = (u32)u64_min(row->event, FILE_MAX_EVENTS - 1),
		.cpu = (u32)u64_min(row->cpu, FILE_MAX_CPUS - 1),
		.thread = defs_thread(&s->defs, row->thread),
		.stack = stacks_id(&s->stacks, row->frames, row->count),
	};
	count_stack(s, row->frames, row->count);
	if (s->rows.len >= PENDING_ROWS || s->branches.len >= PENDING_BRANCHES ||
	    s->stacks.trie.nodes.len - s->nodes_written >= PENDING_NODES)
		write_out(s);
}

/* One item a CPU and flush is enough. */
void store_lost(struct store *s, u64 time, u32 cpu, u64 records)
{
	vec_each(&s->lost, item) {
		if (item->cpu == cpu) {
			item->time = time;
			item->records += records;
			return;
		}
	}
	*vec_push(&s->lost) = (struct lost_item){ .time = time, .cpu = cpu, .records = records };
}

void store_quality(struct store *s, const struct file_quality *quality)
{
	struct file_quality q = *quality;

	q.samples = s->quality.samples;
	q.kernel_only = s->quality.kernel_only;
	memcpy(q.by_stop, s->quality.by_stop, sizeof q.by_stop);
	if (memcmp(&q, &s->quality, sizeof q) != 0)
		s->quality_changed = true;
	s->quality = q;
}

void store_flush(struct store *s, u64 now)
{
	if (now != UINT64_MAX && now < s->flush_at)
		return;
	write_out(s);
	s->flush_at = now + NSEC_PER_SEC;
}

u64 store_bytes_written(const struct store *s)
{
	return writer_bytes(s->writer);
}

const struct file_quality *store_counts(const struct store *s)
{
	return &s->quality;
}

bool store_failed(const struct store *s)
{
	return writer_failed(s->writer);
}

struct err *store_close(struct store *s, u64 *bytes)
{
	struct buf end = { 0 };
	struct err *err;

	s->quality_changed = true;
	/* Once more: the chunk that has it may get damaged. */
	vec_each(&s->meta, item)
		item->changed = true;
	store_gather(s);
	end_encode(&end, s->quality.samples);
	store_put(s, TABLE_END, &end);
	store_send(s);
	err = writer_close(s->writer, bytes);

	vec_each(&s->meta, item) {
		free(item->key);
		free(item->value);
	}
	vec_release(&s->meta);
	vec_release(&s->rows);
	vec_release(&s->branch_rows);
	vec_release(&s->branches);
	vec_release(&s->lost);
	vec_release(&s->nameless);
	stacks_release(&s->stacks);
	defs_release(&s->defs);
	free(s);
	return err;
}
