/* What has gathered since the last flush, as tables, in the order in which a reader needs them. */
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "profiler/store/store_private.h"

/* Strings beyond this go into a further table. */
#define STRINGS_BYTES ((size_t)1 << 20)

/* A chunk that is larger than this is sent before the next table: far below CHUNK_RAW_MAX. */
#define CHUNK_BYTES ((size_t)2 << 20)

void store_send(struct store *s)
{
	if (s->payload.len)
		writer_put(s->writer, s->epoch, &s->payload);
}

void store_put(struct store *s, enum table_type type, struct buf *table)
{
	if (table->len) {
		if (s->payload.len + table->len > CHUNK_BYTES)
			store_send(s);
		table_put(&s->payload, (u8)type, bytes_of(table->data, table->len));
	}
	buf_release(table);
}

static void put_meta(struct store *s)
{
	struct meta_items items = { 0 };
	struct buf raw = { 0 };

	vec_each(&s->meta, m) {
		if (m->changed)
			*vec_push(&items) = (struct meta_item){ m->key, m->value };
		m->changed = false;
	}
	if (items.len) {
		meta_encode(&raw, &items);
		store_put(s, TABLE_META, &raw);
	}
	vec_release(&items);
}

static void put_strings(struct store *s)
{
	const struct intern *strings = &s->defs.strings;

	while (s->strings_written < strings->count) {
		struct string_items items = { 0 };
		struct buf raw = { 0 };
		u32 at = s->strings_written;

		for (size_t size = 0; at < strings->count && size < STRINGS_BYTES; at++) {
			*vec_push(&items) = strings->items[at].text;
			size += strings->items[at].len + 1;
		}
		strings_encode(&raw, s->strings_written, &items);
		store_put(s, TABLE_STRINGS, &raw);
		s->strings_written = at;
		vec_release(&items);
	}
}

/* Frames in the file have the epoch's module ids. Those that need a name are noted. */
static void encode_frames(struct store *s, struct buf *raw)
{
	u32 first = s->frames_written, count = (u32)s->stacks.trie.frames.len - first;
	AUTO_FREE struct frame *frames = xcalloc((size_t)count + 1, sizeof *frames);

	for (u32 i = 0; i < count; i++) {
		const struct frame *f = &s->stacks.trie.frames.data[first + i];
		enum module_kind kind = defs_kind(&s->defs, f->module);

		frames[i] = *f;
		frames[i].module = defs_module(&s->defs, f->module);
		if (f->module != NO_ID && (kind == MODULE_KERNEL || kind == MODULE_JIT))
			*vec_push(&s->nameless) = (struct nameless){
				.module = f->module,
				.offset = f->offset - (f->lookup == LOOKUP_RETURN),
			};
	}
	if (count)
		frames_encode(raw, first, frames, count);
	s->frames_written += count;
}

static void encode_nodes(struct store *s, u32 next_frame, struct buf *raw)
{
	u32 first = s->nodes_written, count = (u32)s->stacks.trie.nodes.len - first;

	if (count)
		stacks_encode(raw, first, next_frame, s->stacks.trie.nodes.data + first, count);
	s->nodes_written += count;
}

/* What still has no name is asked for again next time. */
static void encode_symbols(struct store *s, struct buf *raw)
{
	struct symbol_items items = { 0 };
	size_t kept = 0;

	if (!s->name_at)
		return;
	vec_each(&s->nameless, n) {
		u64 start = n->offset;
		const char *name = s->name_at(s->name_arg, n->module, n->offset, &start);

		if (!name || start > n->offset)
			s->nameless.data[kept++] = *n;
		else
			*vec_push(&items) = (struct symbol_item){
				.module = defs_module(&s->defs, n->module),
				.name = intern_id(&s->defs.strings, name),
				.start = start,
				.end = n->offset + 1,
			};
	}
	s->nameless.len = kept;
	if (items.len)
		symbols_encode(raw, &items);
	vec_release(&items);
}

static void encode_modules(struct store *s, struct buf *raw)
{
	struct module_items items = { 0 };

	defs_take_modules(&s->defs, &items);
	modules_encode(raw, &items);
	vec_release(&items);
}

static void encode_threads(struct store *s, struct buf *raw)
{
	struct thread_items items = { 0 };

	defs_take_threads(&s->defs, &items);
	threads_encode(raw, &items);
	vec_release(&items);
}

static void put_images(struct store *s)
{
	vec_each(&s->defs.used_modules, key) {
		struct module_def *m = &s->defs.modules.data[*key];
		struct buf raw = { 0 };

		if (!m->image.len || m->image_written)
			continue;
		image_encode(&raw, m->id, bytes_of(m->image.data, m->image.len));
		store_put(s, TABLE_IMAGE, &raw);
		m->image_written = true;
	}
}

static void put_definitions(struct store *s)
{
	struct buf frames = { 0 }, nodes = { 0 }, symbols = { 0 }, modules = { 0 }, threads = { 0 };
	u32 next_frame = s->frames_written;

	encode_frames(s, &frames);
	encode_nodes(s, next_frame, &nodes);
	encode_symbols(s, &symbols);
	encode_modules(s, &modules);
	encode_threads(s, &threads);
	put_strings(s); /* all of them are known only now */
	store_put(s, TABLE_MODULES, &modules);
	put_images(s);
	store_put(s, TABLE_THREADS, &threads);
	store_put(s, TABLE_FRAMES, &frames);
	store_put(s, TABLE_STACKS, &nodes);
	store_put(s, TABLE_SYMBOLS, &symbols);
}

/* Branches are those of the next rows in the chunk: the two are not parted. */
static void put_rows(struct store *s)
{
	struct buf rows = { 0 }, branches = { 0 };

	if (!s->rows.len)
		return;
	rows_encode(&rows, s->rows.data, (u32)s->rows.len);
	if (s->branches.len)
		branches_encode(&branches, &s->branch_rows, &s->branches);
	if (s->payload.len + branches.len + rows.len > CHUNK_BYTES)
		store_send(s);
	if (branches.len)
		table_put(&s->payload, TABLE_BRANCHES, bytes_of(branches.data, branches.len));
	table_put(&s->payload, TABLE_ROWS, bytes_of(rows.data, rows.len));
	buf_release(&branches);
	buf_release(&rows);
	s->rows.len = s->branch_rows.len = s->branches.len = 0;
}

void store_gather(struct store *s)
{
	struct buf raw = { 0 };

	put_meta(s);
	put_definitions(s);
	put_rows(s);
	if (s->lost.len) {
		lost_encode(&raw, &s->lost);
		store_put(s, TABLE_LOST, &raw);
		s->lost.len = 0;
	}
	if (s->quality_changed) {
		quality_encode(&raw, &s->quality);
		store_put(s, TABLE_QUALITY, &raw);
		s->quality_changed = false;
	}
}
