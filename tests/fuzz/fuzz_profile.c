/*
 * The loader holds its promises for any file: every id is in range, a parent is before its child.
 *
 * An input that begins with 'F' is a file. Any other is turned into good chunks first, since checksums
 * would keep a fuzzer out of the tables: {u8 type, u8 epoch, u16 size, table} …; the type's highest
 * bit ends a chunk.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <aprof/chunk.h>

#include "report/load/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void make_chunks(struct buf *out, struct bytes in)
{
	struct packer *packer = packer_new();
	struct buf payload = { 0 };
	u32 sequence = 0;

	while (bytes_left(&in)) {
		u8 type = bytes_u8(&in), epoch = bytes_u8(&in);
		u64 size = bytes_u16(&in);
		struct bytes bytes = bytes_sub(&in, u64_min(size, bytes_left(&in)));

		table_put(&payload, type & 31, bytes);
		if (!(type & 128) && bytes_left(&in))
			continue;
		chunk_pack(packer, epoch, sequence++, bytes_of(payload.data, payload.len), out);
		payload.len = 0;
	}
	buf_release(&payload);
	packer_free(packer);
}

static int file_of(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct buf chunks = { 0 };

	if (size && data[0] == 'F')
		buf_put(&chunks, data + 1, size - 1);
	else
		make_chunks(&chunks, bytes_of(data, size));
	must(fd >= 0 && write(fd, chunks.data, chunks.len) == (ssize_t)chunks.len);
	buf_release(&chunks);
	return fd;
}

struct count {
	const struct profile *profile;
	u64 rows, branches;
};

static bool check_row(void *arg, const struct profile_row *row)
{
	struct count *c = arg;

	must(row->thread < c->profile->thread_count && row->event < c->profile->event_count);
	must(row->stack == NO_ID || row->stack < c->profile->stack_count);
	for (u32 i = 0; i < row->branch_count; i++) {
		const struct branch_item *b = &row->branches[i];

		must(b->from < c->profile->frame_count && b->to < c->profile->frame_count);
		must(!(b->flags & ~BRANCH_FLAGS));
		c->branches++;
	}
	c->rows++;
	return true;
}

/* Names that were packed: what a place points to is there. */
static void check_packed(const struct profile *p)
{
	for (u32 i = 0; i < p->packed_count; i++) {
		const struct packed_names *names = p->packed[i].names;

		must(p->packed[i].module < p->module_count);
		vec_each(&names->places, place) {
			must(place->first <= names->frames.len &&
			     place->count <= names->frames.len - place->first);
		}
		vec_each(&names->frames, frame) {
			must(frame->function < names->functions.len);
			must(frame->file == NO_ID || names->strings.data[frame->file]);
		}
	}
}

static void check_definitions(const struct profile *p)
{
	for (u32 i = 0; i < p->stack_count; i++) {
		const struct profile_stack *s = &p->stacks[i];

		must(s->frame < p->frame_count && (s->parent == NO_ID || s->parent < i));
		must(s->depth == (s->parent == NO_ID ? 1 : p->stacks[s->parent].depth + 1));
	}
	for (u32 i = 0; i < p->frame_count; i++)
		must(p->frames[i].module == NO_ID || p->frames[i].module < p->module_count);
	for (u32 i = 0; i < p->module_count; i++)
		must(p->modules[i].path && p->modules[i].build_id.size <= BUILD_ID_MAX);
	for (u32 i = 0; i < p->thread_count; i++)
		must(p->threads[i].comm && p->threads[i].process_comm);
	for (u32 i = 0; i < p->name_count; i++) {
		const struct profile_name *n = &p->names[i];

		must(n->module < p->module_count && n->name && n->start <= n->end);
		must(n->start == n->end || profile_name_at(p, n->module, n->start) == n);
	}
	for (u32 i = 0; i < p->event_count; i++)
		must(p->events[i].name && p->events[i].unit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile *p;
	struct err *err = profile_open_fd(&p, file_of(data, size), "fuzz");
	struct count count;
	const char *key, *value;

	if (err) {
		err_free(err);
		return 0;
	}
	check_definitions(p);
	check_packed(p);
	for (int pass = 0; pass < 2; pass++) {
		count = (struct count){ .profile = p };
		err = profile_rows(p, check_row, &count);
		must(!err && count.rows == p->rows && count.branches <= p->branches);
	}
	for (size_t i = 0; profile_meta_at(p, i, &key, &value); i++)
		must(key && value);
	profile_close(p);
	return 0;
}
