/* Opening a profile: one pass over the file for all that is not a row. Streaming: one for the rows. */
#include "report/load/profile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/alloc.h>

#include "report/load/input.h"
#include "report/load/load.h"
#include "report/load/meta.h"

static bool count_rows(struct load *l, struct bytes in)
{
	struct profile *p = &l->profile;

	if (!load_rows(l, in, &p->lost_references))
		return false;
	p->branches += l->decoded.branches.len;
	l->decoded.branch_rows.len = l->decoded.branches.len = 0;
	vec_each(&l->decoded.rows, row) {
		if (!p->rows++ || row->time < p->first_time)
			p->first_time = row->time;
		p->last_time = u64_max(p->last_time, row->time);
		if (row->event >= l->event_count)
			l->event_count = row->event + 1;
	}
	return true;
}

static bool count_lost(struct load *l, struct bytes in)
{
	if (!lost_decode(in, &l->decoded.lost))
		return false;
	vec_each(&l->decoded.lost, item)
		l->lost_records += item->records;
	return true;
}

static bool take_quality(struct load *l, struct bytes in)
{
	struct file_quality quality;

	if (!quality_decode(in, &quality))
		return false;
	l->profile.quality = quality;
	return true;
}

static bool take_end(struct load *l, struct bytes in)
{
	u64 rows;

	l->profile.ended = end_decode(in, &rows);
	return l->profile.ended;
}

typedef bool take(struct load *load, struct bytes in);

/* One table of the first pass. */
static bool take_table(struct load *l, u8 type, struct bytes in)
{
	static take *const by_type[] = {
		[TABLE_META] = load_meta_table, [TABLE_ROWS] = count_rows,
		[TABLE_LOST] = count_lost,	[TABLE_QUALITY] = take_quality,
		[TABLE_END] = take_end,		[TABLE_BRANCHES] = load_branches,
	};

	if (type < ARRAY_LEN(by_type) && by_type[type])
		return by_type[type](l, in);
	return load_definitions(l, type, in);
}

/* False if any part of the chunk is not well formed. */
static bool take_chunk(struct load *l, const struct chunk *chunk)
{
	struct bytes payload = chunk->data, table;
	bool good = true;
	u8 type;

	load_set_epoch(l, chunk->epoch);
	l->decoded.branch_rows.len = l->decoded.branches.len = 0;
	while (table_next(&payload, &type, &table))
		good &= take_table(l, type, table);
	return good && !payload.bad;
}

static struct err *check_version(struct load *l, u32 version)
{
	l->profile.version = version;
	if (version > FILE_VERSION)
		return err_hint(err_new("%s has format version %u, and this aprof reads up to %u",
					l->name, version, FILE_VERSION),
				"use a newer aprof");
	return NULL;
}

static struct err *first_pass(struct load *l)
{
	struct profile *p = &l->profile;
	struct chunk_reader reader;
	struct err *err = NULL;
	struct chunk chunk;

	chunk_reader_init(&reader, l->fd);
	while (!err && chunk_next(&reader, &chunk)) {
		err = check_version(l, chunk.version);
		if (!err && !take_chunk(l, &chunk)) {
			p->damaged_chunks++;
			p->damaged_bytes += chunk.size;
		}
	}
	if (!err && reader.read_errno)
		err = err_os(reader.read_errno, "cannot read %s", l->name);
	if (!err && !reader.any)
		err = input_not_profile(l->fd, l->name);
	p->damaged_chunks += reader.damaged_chunks;
	p->damaged_bytes += reader.damaged_bytes;
	p->tail_bytes = reader.tail_bytes;
	l->end = reader.at;
	chunk_reader_release(&reader);
	load_events(l);
	return err;
}

/* The quality table comes only when something was not as it should be; the rest was. */
static void count_complete(struct profile *p)
{
	u64 others = 0;

	for (size_t i = 0; i < STOP_COUNT; i++)
		others += i == STOP_END ? 0 : p->quality.by_stop[i];
	p->quality.samples = p->rows;
	p->quality.by_stop[STOP_END] = p->rows > others ? p->rows - others : 0;
}

/* What callers see of the tables, which do not move any more. */
static void publish(struct load *l)
{
	struct profile *p = &l->profile;
	struct stat st;

	load_compact_names(l);
	l->complete = true;
	p->modules = l->modules.data;
	p->module_count = (u32)l->modules.len;
	p->threads = l->threads.data;
	p->thread_count = (u32)l->threads.len;
	p->events = l->events.data;
	p->event_count = (u32)l->events.len;
	p->frames = l->trie.frames.data;
	p->frame_count = (u32)l->trie.frames.len;
	p->stacks = l->stacks.data;
	p->stack_count = (u32)l->stacks.len;
	p->names = l->names.data;
	p->name_count = (u32)l->names.len;
	p->packed = l->packed.data;
	p->packed_count = (u32)l->packed.len;
	count_complete(p);
	p->quality.lost = u64_max(p->quality.lost, l->lost_records);
	p->file_size = fstat(l->fd, &st) < 0 ? l->end : (u64)st.st_size;
}

struct err *profile_open_fd(struct profile **out, int fd, const char *name)
{
	struct load *l = xzalloc(sizeof *l);
	struct err *err;

	l->fd = fd;
	l->name = xstrdup(name);
	intern_init(&l->strings);
	intern_init(&l->module_keys);
	intern_init(&l->thread_keys);
	trie_init(&l->trie);
	err = input_seekable(&l->fd, name);
	if (!err)
		err = first_pass(l);
	if (err) {
		profile_close(&l->profile);
		return err;
	}
	publish(l);
	*out = &l->profile;
	return NULL;
}

struct err *profile_open(struct profile **out, const char *path)
{
	int fd;

	TRY(input_open(path, &fd));
	return profile_open_fd(out, fd, path);
}

struct row_stream {
	profile_each_row *each;
	void *arg;
};

/* False if `each` has seen enough. */
static bool pass_rows(struct load *l, const struct row_stream *stream)
{
	struct decoded *d = &l->decoded;
	u32 next = 0, first = 0;

	vec_each(&d->rows, r) {
		struct profile_row row = {
			.time = r->time,
			.weight = r->weight,
			.event = r->event,
			.thread = r->thread,
			.stack = r->stack,
			.cpu = r->cpu,
		};

		if (next < d->branch_rows.len &&
		    d->branch_rows.data[next].row == (u32)(r - d->rows.data)) {
			row.branches = d->branches.data + first;
			row.branch_count = d->branch_rows.data[next++].count;
			first += row.branch_count;
		}
		if (!stream->each(stream->arg, &row))
			return false;
	}
	d->branch_rows.len = d->branches.len = 0;
	return true;
}

/*
 * Do the ids of the whole file lead to what they led to in each place? Then stacks, which are what
 * there is most of, need not be read again.
 */
static bool has_one_map(const struct load *l)
{
	return l->profile.epochs == 1 && !l->redefined && !l->profile.lost_references;
}

/* Definitions again, for the ids of their epochs; they lead to what the first pass made. */
static void load_again(struct load *l, u8 type, struct bytes table)
{
	if (!has_one_map(l) || (type != TABLE_FRAMES && type != TABLE_STACKS))
		load_definitions(l, type, table);
}

static bool pass_chunk(struct load *l, const struct chunk *chunk, const struct row_stream *stream)
{
	struct bytes payload = chunk->data, table;
	u64 lost = 0;
	u8 type;

	load_set_epoch(l, chunk->epoch);
	l->decoded.branch_rows.len = l->decoded.branches.len = 0;
	while (table_next(&payload, &type, &table)) {
		if (type == TABLE_BRANCHES)
			load_branches(l, table);
		else if (type != TABLE_ROWS)
			load_again(l, type, table);
		else if (load_rows(l, table, &lost) && !pass_rows(l, stream))
			return false;
	}
	return true;
}

struct err *profile_rows(struct profile *p, profile_each_row *each, void *arg)
{
	const struct row_stream stream = { each, arg };
	struct load *l = (struct load *)p;
	struct chunk_reader reader;
	struct chunk chunk;

	if (!has_one_map(l))
		l->epoch.any = false;
	chunk_reader_init(&reader, l->fd);
	while (chunk_next(&reader, &chunk) && chunk.at < l->end)
		if (!pass_chunk(l, &chunk, &stream))
			break;
	chunk_reader_release(&reader);
	if (reader.read_errno)
		return err_os(reader.read_errno, "cannot read %s", l->name);
	return NULL;
}

static void release_decoded(struct decoded *d)
{
	vec_release(&d->meta);
	vec_release(&d->strings);
	vec_release(&d->modules);
	vec_release(&d->threads);
	vec_release(&d->frames);
	vec_release(&d->nodes);
	vec_release(&d->symbols);
	vec_release(&d->lost);
	vec_release(&d->rows);
	vec_release(&d->branch_rows);
	vec_release(&d->branches);
}

static void release_epoch(struct epoch *e)
{
	vec_release(&e->strings);
	vec_release(&e->modules);
	vec_release(&e->threads);
	vec_release(&e->frames);
	vec_release(&e->nodes);
}

int profile_fd(const struct profile *p)
{
	return ((const struct load *)p)->fd;
}

void profile_close(struct profile *p)
{
	struct load *l = (struct load *)p;

	if (!l)
		return;
	close(l->fd);
	free(l->name);
	intern_release(&l->strings);
	intern_release(&l->module_keys);
	intern_release(&l->thread_keys);
	trie_release(&l->trie);
	vec_release(&l->stacks);
	vec_release(&l->key_module);
	vec_release(&l->modules);
	vec_release(&l->threads);
	vec_release(&l->names);
	vec_each(&l->packed, packed)
		packed_release((struct packed_names *)packed->names);
	vec_release(&l->packed);
	vec_release(&l->events);
	vec_release(&l->meta);
	arena_release(&l->arena);
	release_epoch(&l->epoch);
	release_decoded(&l->decoded);
	free(l);
}
