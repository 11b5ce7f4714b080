/* Cutting wanted units out of a stream of .debug_info. */
#include "lib/dwarf/parts.h"

#include <sys/mman.h>

#include "lib/dwarf/aranges.h"

/* A length of 32 bits, or 0xffffffff and one of 64. */
#define LONGEST_LENGTH 12

/* Where there are fewer sets than one in so many bytes, most units have none, and are wanted. */
#define MOST_OF_A_SET (64 << 10)

struct cutter {
	struct dwarf_file *file;
	struct aranges aranges;
	u64 last; /* the last unit that is wanted; behind it nothing is */
	size_t hits, hits_met; /* units that have an address; those of them that came by */
	u8 *to; /* where all of the section would be */
	u64 size, at;
	u64 unit, end; /* that `at` is in; if they are equal, in front of one */
	bool wanted;
	u8 length[LONGEST_LENGTH]; /* the beginning of that unit */
	u32 length_size;
};

static u64 read_length(struct bytes at)
{
	u64 length = bytes_u32(&at);

	return length == UINT32_MAX ? LONGEST_LENGTH + bytes_u64(&at) : 4 + length;
}

static u32 length_needs(const struct cutter *c)
{
	struct bytes at = bytes_of(c->length, 4);

	return c->length_size < 4 || bytes_u32(&at) != UINT32_MAX ? 4 : LONGEST_LENGTH;
}

/* Takes from the piece what tells the length of a unit. False if there is none. */
static bool begin_unit(struct cutter *c, struct bytes *piece)
{
	u64 size;
	u8 found;

	while (c->length_size < length_needs(c) && bytes_left(piece))
		c->length[c->length_size++] = bytes_u8(piece);
	if (c->length_size < length_needs(c))
		return true;
	size = read_length(bytes_of(c->length, c->length_size));
	if (size <= c->length_size || size > c->size - c->at)
		return false;
	c->unit = c->at;
	c->end = c->at + size;
	found = aranges_of(&c->aranges, c->unit);
	c->wanted = found != ARANGES_ELSEWHERE;
	c->hits_met += found == ARANGES_HIT;
	/* A table that is damaged may name places between units. */
	if (c->unit > c->last && c->hits_met < c->hits)
		return false;
	if (c->wanted)
		memcpy(c->to + c->at, c->length, c->length_size);
	c->at += c->length_size;
	c->length_size = 0;
	return true;
}

/* False if what it says may be in units that are passed over. Units of types have no code. */
static bool end_unit(struct cutter *c)
{
	struct unit *unit;

	if (!c->wanted)
		return true;
	unit = unit_add(c->file, c->unit);
	if (!unit || !unit_may_have_code(unit))
		return unit;
	return unit_read(unit) && !unit->abbrevs->refers;
}

/* False if something is odd: it is for who reads all. */
static bool cut(struct cutter *c, struct bytes piece)
{
	while (bytes_left(&piece)) {
		size_t n;

		if (c->at == c->end) {
			if (!begin_unit(c, &piece))
				return false;
			continue;
		}
		n = (size_t)u64_min(c->end - c->at, bytes_left(&piece));
		if (c->wanted)
			memcpy(c->to + c->at, piece.at, n);
		bytes_skip(&piece, n);
		c->at += n;
		if (c->at == c->end && !end_unit(c))
			return false;
	}
	return true;
}

static bool is_done(const struct cutter *c)
{
	return c->at == c->size || c->unit > c->last ||
	       (c->end && c->at == c->end && c->hits && c->hits_met == c->hits &&
		c->unit == c->last);
}

static bool cut_all(struct cutter *c, struct section_reader *reader)
{
	while (!is_done(c)) {
		struct bytes piece = section_reader_next(reader);

		if (!bytes_left(&piece) || !cut(c, piece))
			return false;
	}
	return true;
}

/* The last unit that has an address; if not all have one, any unit may. */
static void find_last(struct cutter *c, const u64 *vaddrs, u32 count)
{
	bool all;

	aranges_read(&c->aranges, c->file, vaddrs, count, &all);
	for (size_t i = 0; i < c->aranges.len; i++) {
		const struct arange *it = &c->aranges.data[i];

		/* Of two sets of a unit, the hit is last. */
		if (it->found != ARANGES_HIT || (i + 1 < c->aranges.len && it[1].unit == it->unit))
			continue;
		c->last = it->unit;
		c->hits++;
	}
	if (!all)
		c->last = UINT64_MAX;
}

bool parts_possible(struct binary *bin)
{
	return section_reader_can(bin, ".debug_info") && binary_has_section(bin, ".debug_aranges");
}

/* Pages that are not written to take no memory. */
static u8 *room_for(u64 size)
{
	void *room = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return room == MAP_FAILED ? NULL : room;
}

void parts_release(struct dwarf_file *file)
{
	struct bytes info = file->sections[DWARF_INFO];

	if (file->in_parts)
		munmap((void *)info.at, bytes_left(&info));
	file->in_parts = false;
	file->sections[DWARF_INFO] = bytes_of(NULL, 0);
}

static bool read_from(struct cutter *c, struct section_reader *reader, const u64 *vaddrs, u32 count)
{
	struct dwarf_file *file = c->file;

	find_last(c, vaddrs, count);
	c->size = section_reader_size(reader);
	c->to = c->aranges.len > c->size / MOST_OF_A_SET ? room_for(c->size) : NULL;
	if (!c->to)
		return false;
	file->in_parts = true;
	file->sections[DWARF_INFO] = bytes_of(c->to, c->size);
	return cut_all(c, reader);
}

bool parts_read(struct dwarf_file *file, const u64 *vaddrs, u32 count)
{
	struct cutter c = { .file = file };
	struct section_reader *reader;
	bool all;

	if (!count || !parts_possible(file->bin))
		return false;
	reader = section_reader_new(file->bin, ".debug_info");
	all = reader && read_from(&c, reader, vaddrs, count);
	if (!all) {
		units_release(file);
		parts_release(file);
		file->damaged_units = file->split_units = 0;
	}
	section_reader_free(reader);
	vec_release(&c.aranges);
	return all;
}
