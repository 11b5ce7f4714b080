/* Compiling a module's .eh_frame to rows, and the directory that leads to them. */
#include "profiler/unwind/table.h"

#include <aprof/alloc.h>

/* Distance to the first row is kept in 32 bits. */
#define SPAN_MAX UINT32_MAX

#define BLOCK_SHIFT 8
#define BLOCKS_MIN 16

/* CIEs seen, by offset: files have few, and a miss is bounded work. */
#define CIE_SLOTS 64

struct function { /* an FDE, waiting for its turn */
	u32 pc; /* from the table's base */
	u32 size;
	u32 cie; /* offset in the section */
	u32 program, program_size; /* offset in the section */
};

struct turn { /* of a function, in order of its place */
	u32 pc;
	u32 index; /* of functions */
};

struct compiler {
	const struct cfi *cfi;
	const struct segment *segments;
	size_t segment_count;
	const struct segment *last; /* the segment that was right last time */
	struct table *table;
	struct VEC(struct function) functions;
	struct turn *turns;
	bool sorted;
	struct rows rows;
	struct cie cies[CIE_SLOTS];
	bool have_cie[CIE_SLOTS];
};

static const struct cie *find_cie(struct compiler *c, u32 at)
{
	u32 slot = (u32)(hash_u64(at) % CIE_SLOTS);
	struct cie *cie = &c->cies[slot];

	if (!c->have_cie[slot] || cie->at != at) {
		cfi_cie(c->cfi, at, cie);
		c->have_cie[slot] = true;
	}
	return cie;
}

static const struct segment *find_segment(struct compiler *c, u64 vaddr)
{
	if (c->last && vaddr - c->last->vaddr < c->last->file_size)
		return c->last;
	for (size_t i = 0; i < c->segment_count; i++)
		if (c->segments[i].executable &&
		    vaddr - c->segments[i].vaddr < c->segments[i].file_size)
			return c->last = &c->segments[i];
	return NULL;
}

static u64 lowest_offset(const struct segment *segments, size_t count)
{
	u64 lowest = UINT64_MAX;

	for (size_t i = 0; i < count; i++)
		if (segments[i].executable)
			lowest = u64_min(lowest, segments[i].offset);
	return lowest;
}

/* FDEs that linkers left behind for discarded functions have addresses outside the text. */
static bool place(struct compiler *c, const struct fde *fde, struct function *out)
{
	const struct segment *s = find_segment(c, fde->start);
	u64 pc, size;

	if (!s || !fde->size)
		return false;
	pc = fde->start - s->vaddr + s->offset - c->table->base;
	size = u64_min(fde->size, s->file_size - (fde->start - s->vaddr));
	if (pc >= SPAN_MAX || size > SPAN_MAX - pc)
		return false;
	*out = (struct function){
		.pc = (u32)pc,
		.size = (u32)size,
		.cie = fde->cie,
		.program = (u32)(fde->program.at - c->cfi->data.at),
		.program_size = (u32)bytes_left(&fde->program),
	};
	return true;
}

static void collect(struct compiler *c)
{
	enum cfi_entry entry;
	struct function f;
	struct bytes body;
	struct fde fde;
	u64 at = 0;
	u32 last = 0;

	c->sorted = true;
	while ((entry = cfi_next(c->cfi, &at, &fde, &body)) != CFI_END) {
		const struct cie *cie;

		if (entry != CFI_FDE)
			continue;
		c->table->fdes++;
		cie = find_cie(c, fde.cie);
		if (!cie->valid || !cfi_fde(c->cfi, cie, body, &fde) || !place(c, &fde, &f)) {
			c->table->fdes_bad++;
			continue;
		}
		c->sorted &= f.pc >= last;
		last = f.pc;
		*vec_push(&c->functions) = f;
	}
}

/* Radix sort, eleven bits at a time; what starts at one place stays in the section's order. */
static void sort_functions(struct compiler *c)
{
	size_t count = c->functions.len;
	struct turn *from = c->turns, *to = xreallocarray(NULL, count, sizeof *to), *swap;

	for (u32 shift = 0; shift < 33; shift += 11) {
		u32 at[2048] = { 0 }, sum = 0;

		for (size_t i = 0; i < count; i++)
			at[from[i].pc >> shift & 2047]++;
		for (size_t i = 0; i < ARRAY_LEN(at); i++) {
			u32 n = at[i];

			at[i] = sum;
			sum += n;
		}
		for (size_t i = 0; i < count; i++)
			to[at[from[i].pc >> shift & 2047]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	free(to);
	c->turns = from;
}

static void order_functions(struct compiler *c)
{
	c->turns = xreallocarray(NULL, c->functions.len + 1, sizeof *c->turns);
	for (u32 i = 0; i < c->functions.len; i++)
		c->turns[i] = (struct turn){ c->functions.data[i].pc, i };
	if (!c->sorted)
		sort_functions(c);
}

/* The bytes between functions, to the next one's alignment, are never executed. */
static bool is_padding(u64 from, u64 to)
{
	return to - from < 16 && to % 16 == 0;
}

/* Linkers that order functions by heat leave the section in another order: what comes soon is fetched
   ahead, as a miss costs more than running a program. */
#define FAR_AHEAD 16
#define AHEAD 8

static void fetch_ahead(const struct compiler *c, size_t turn)
{
	const struct function *functions = c->functions.data;

	if (turn + FAR_AHEAD >= c->functions.len)
		return;
	__builtin_prefetch(&functions[c->turns[turn + FAR_AHEAD].index]);
	__builtin_prefetch(c->cfi->data.at + functions[c->turns[turn + AHEAD].index].program);
}

static void run_all(struct compiler *c)
{
	u64 end = 0;

	for (size_t turn = 0; turn < c->functions.len; turn++) {
		const struct function *f = &c->functions.data[c->turns[turn].index];
		const struct fde fde = {
			.program = bytes_of(c->cfi->data.at + f->program, f->program_size),
		};

		fetch_ahead(c, turn);
		if (end < f->pc && !is_padding(c->table->base + end, c->table->base + f->pc))
			rows_add(&c->rows, (u32)end, RULE_GAP);
		cfi_run(find_cie(c, f->cie), &fde, f->pc, f->size, &c->rows);
		end = u64_max(end, (u64)f->pc + f->size);
	}
	c->table->span = end;
}

/* Larger blocks where rows are sparse, so that the directory stays below two bytes a row. */
static void make_directory(struct table *t)
{
	u32 row = 0;

	for (t->shift = BLOCK_SHIFT;; t->shift++) {
		u64 blocks = (t->span >> t->shift) + 1;

		if (blocks <= BLOCKS_MIN || blocks <= t->count / 2) {
			t->blocks = (u32)blocks;
			break;
		}
	}
	t->first = xcalloc(t->blocks + 1, sizeof *t->first);
	for (u32 block = 0; block <= t->blocks; block++) {
		u64 start = (u64)block << t->shift;

		while (row + 1 < t->count && t->rows[row + 1].pc <= start)
			row++;
		t->first[block] = row;
	}
}

/* The table starts where the first rule holds. */
static void finish(struct compiler *c)
{
	struct table *t = c->table;
	u32 skip = 0;

	t->count = (u32)c->rows.len;
	t->rows = xreallocarray(c->rows.data, c->rows.len, sizeof *t->rows);
	if (t->count) {
		skip = t->rows[0].pc;
		t->base += skip;
		t->span -= skip;
		for (u32 i = 0; i < t->count; i++)
			t->rows[i].pc -= skip;
	}
	t->starts = xcalloc(c->functions.len + 1, sizeof *t->starts);
	for (size_t i = 0; i < c->functions.len; i++)
		if (c->turns[i].pc >= skip)
			t->starts[t->start_count++] = c->turns[i].pc - skip;
	make_directory(t);
	t->bytes = sizeof *t + t->count * sizeof *t->rows + (t->blocks + 1) * sizeof *t->first +
		   t->start_count * sizeof *t->starts;
}

struct table *table_compile(const struct cfi *cfi, const struct segment *segments, size_t count)
{
	struct compiler *c = xzalloc(sizeof *c);
	struct table *t = xzalloc(sizeof *t);

	t->cfi = *cfi;
	t->base = lowest_offset(segments, count);
	*c = (struct compiler){ .cfi = cfi, .segments = segments, .segment_count = count,
				.table = t };
	if (bytes_left(&cfi->data) <= UINT32_MAX) {
		/* More than real files have, so that nothing is copied; what is not used costs nothing. */
		vec_reserve(&c->functions, bytes_left(&cfi->data) / 24);
		vec_reserve(&c->rows, bytes_left(&cfi->data) / 4);
		collect(c);
	}
	order_functions(c);
	run_all(c);
	finish(c);
	vec_release(&c->functions);
	free(c->turns);
	free(c);
	return t;
}

struct table *table_new(struct binary *bin)
{
	const struct segment *segments = NULL;
	size_t count = binary_segments(bin, &segments);
	struct section section = { 0 };
	struct table *table;
	struct cfi cfi;

	binary_eh_frame(bin, &section);
	cfi = (struct cfi){ .data = section.data, .vaddr = section.vaddr };
	table = table_compile(&cfi, segments, count);
	table->bin = bin;
	return table;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	binary_close(table->bin);
	free(table->first);
	free(table->rows);
	free(table->starts);
	free(table);
}

u64 table_function(const struct table *table, u64 offset)
{
	u64 pc = offset - table->base;
	u32 low = 0, high = table->start_count;

	if (pc >= table->span)
		return UINT64_MAX;
	while (low < high) {
		u32 middle = (low + high) / 2;

		if (table->starts[middle] <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? table->base + table->starts[low - 1] : UINT64_MAX;
}

const u8 *table_text(const struct table *table, u64 offset, size_t size)
{
	struct bytes b;

	if (!table->bin)
		return NULL;
	b = binary_bytes(table->bin);
	if (offset >= bytes_left(&b) || size > bytes_left(&b) - offset)
		return NULL;
	return b.at + offset;
}
