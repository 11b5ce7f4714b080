/* Turning resolved symbols into chunks of names, and writing them among a profile's own. */
#include "report/symbols/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/chunk.h>
#include <aprof/intern.h>
#include <aprof/vec.h>

/* So that a chunk stays far below CHUNK_RAW_MAX: a place is some dozen frames of a few bytes. */
#define PLACES_A_CHUNK 10000u

/* One frame of the profile as a place of its module. */
struct place {
	u32 module, frame;
	u64 offset;
};

struct packing {
	const struct profile *profile;
	const struct symbols *symbols;
	struct VEC(struct place) places; /* by module and offset */
	struct packer *packer;
	struct buf chunk; /* scratch */
	u32 sequence, epoch; /* of the next and of the last chunk written */
	FILE *out;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool is_named(const struct packing *p, u32 frame)
{
	const struct symbols *s = p->symbols;
	u32 first = s->first[frame];

	return first < s->first[frame + 1] &&
	       s->functions[s->source_frames[first].function].source != SYMBOL_NONE;
}

/* Kernel and JIT names are in the profile already. */
static void find_places(struct packing *p, struct pack_result *result)
{
	for (u32 i = 0; i < p->profile->frame_count; i++) {
		const struct frame *f = &p->profile->frames[i];
		enum module_kind kind;

		if (f->module >= p->profile->module_count)
			continue;
		kind = p->profile->modules[f->module].kind;
		if (kind != MODULE_FILE && kind != MODULE_VDSO)
			continue;
		if (!is_named(p, i)) {
			result->unnamed++;
			continue;
		}
		*vec_push(&p->places) = (struct place){
			.module = f->module,
			.frame = i,
			.offset = symbols_looked_up(f),
		};
	}
	vec_sort(&p->places, by_place);
}

static void put_chunk(struct packing *p, const struct buf *payload)
{
	p->chunk.len = 0;
	chunk_pack(p->packer, p->epoch, p->sequence++, bytes_of(payload->data, payload->len),
		   &p->chunk);
	/* An error stays with the stream: the caller asks once. */
	fwrite(p->chunk.data, 1, p->chunk.len, p->out);
}

static u32 string_id(struct intern *strings, const char *text)
{
	return text ? intern_id(strings, text) : NO_ID;
}

/* The functions of one chunk, and which of the profile's they are. */
struct chunk_functions {
	u32 *ids; /* by the profile's function id: id in the chunk + 1, 0 none yet */
	struct intern strings;
};

static u32 function_id(struct chunk_functions *c, struct packed_names *names,
		       const struct function *f)
{
	if (!c->ids[f->id]) {
		*vec_push(&names->functions) = (struct packed_function){
			.source = (u8)f->source,
			.is_rust = f->is_rust,
			.shared = f->shared,
			.name = string_id(&c->strings, f->name),
			.path = string_id(&c->strings, f->path),
			.linkage = string_id(&c->strings, f->linkage),
			.file = string_id(&c->strings, f->file),
			.line = f->line,
		};
		c->ids[f->id] = (u32)names->functions.len;
	}
	return c->ids[f->id] - 1;
}

static void add_place(struct packing *p, struct chunk_functions *c, struct packed_names *names,
		      const struct place *place)
{
	const struct symbols *s = p->symbols;
	struct packed_place packed = { place->offset, (u32)names->frames.len, 0 };

	if (names->places.len && names->places.data[names->places.len - 1].offset == place->offset)
		return; /* the same place as an IP and as a return address */
	for (u32 i = s->first[place->frame]; i < s->first[place->frame + 1]; i++) {
		const struct source_frame *from = &s->source_frames[i];
		const struct packed_frame frame = {
			.function = function_id(c, names, &s->functions[from->function]),
			.file = string_id(&c->strings, from->file),
			.line = from->line,
		};

		*vec_push(&names->frames) = frame;
		packed.count++;
	}
	*vec_push(&names->places) = packed;
}

/* Places of one module as one chunk. */
static void put_names(struct packing *p, const struct place *places, size_t count)
{
	const struct profile_module *m = &p->profile->modules[places->module];
	struct packed_names names = { .kind = m->kind, .build_id = m->build_id, .module = m->path };
	struct chunk_functions c = {
		.ids = xcalloc((size_t)p->symbols->function_count + 1, sizeof *c.ids)
	};
	struct buf raw = { 0 }, payload = { 0 };

	intern_init(&c.strings);
	for (size_t i = 0; i < count; i++)
		add_place(p, &c, &names, &places[i]);
	for (u32 i = 0; i < c.strings.count; i++)
		*vec_push(&names.strings) = intern_text(&c.strings, i);
	packed_encode(&raw, &names);
	table_put(&payload, TABLE_NAMES, bytes_of(raw.data, raw.len));
	put_chunk(p, &payload);
	buf_release(&raw);
	buf_release(&payload);
	packed_release(&names);
	intern_release(&c.strings);
	free(c.ids);
}

static void put_all_names(struct packing *p)
{
	for (size_t at = 0, next; at < p->places.len; at = next) {
		for (next = at; next < p->places.len && next - at < PLACES_A_CHUNK; next++)
			if (p->places.data[next].module != p->places.data[at].module)
				break;
		put_names(p, p->places.data + at, next - at);
	}
}

/* All but older names, which are among the new ones, and the end, which is kept for the end. */
static void copy_tables(const struct chunk *chunk, struct buf *out, struct buf *end)
{
	struct bytes payload = chunk->data, table;
	u8 type;

	out->len = 0;
	while (table_next(&payload, &type, &table)) {
		if (type == TABLE_END)
			table_put(end, type, table);
		else if (type != TABLE_NAMES)
			table_put(out, type, table);
	}
}

/* Names come behind all definitions of modules, and in the epoch of the chunk before them. */
static void copy_chunks(struct packing *p)
{
	struct buf payload = { 0 }, end = { 0 };
	struct chunk_reader reader;
	struct chunk chunk;

	chunk_reader_init(&reader, profile_fd(p->profile));
	while (chunk_next(&reader, &chunk)) {
		copy_tables(&chunk, &payload, &end);
		p->epoch = chunk.epoch;
		if (payload.len)
			put_chunk(p, &payload);
	}
	put_all_names(p);
	if (end.len)
		put_chunk(p, &end);
	buf_release(&payload);
	buf_release(&end);
	chunk_reader_release(&reader);
}

struct err *pack_write(FILE *out, const struct profile *profile, const struct symbols *symbols,
		       struct pack_result *result)
{
	struct packing p = {
		.profile = profile, .symbols = symbols, .packer = packer_new(), .out = out
	};

	*result = (struct pack_result){ 0 };
	find_places(&p, result);
	result->places = p.places.len;
	copy_chunks(&p);
	vec_release(&p.places);
	packer_free(p.packer);
	buf_release(&p.chunk);
	return ferror(out) ? err_os(errno, "cannot write the packed profile") : NULL;
}
