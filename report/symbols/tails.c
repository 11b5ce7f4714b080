/* Finds the functions that left by tail calls. */
#include "report/symbols/tails.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/text.h>

#define CALL_SIZE 5
#define MOST_SCANNED (64u << 20) /* bytes of code; what is behind stays unknown */
#define MOST_WAYS 256 /* functions looked at for one way */

/* The jumps out of one function. */
struct exits {
	u32 first, count; /* in tails->jumps */
};

struct tails {
	struct binary *bin;
	struct intern entries; /* vaddrs of functions that were scanned */
	struct VEC(struct exits) exits; /* by id in entries */
	struct jump_vec jumps;
	u64 scanned; /* bytes */
	u64 stubs[3][2]; /* where PLTs start and end: their jumps are not direct */
};

struct tails *tails_new(struct binary *bin)
{
	static const char *const names[] = { ".plt", ".plt.got", ".plt.sec" };
	struct tails *tails = xzalloc(sizeof *tails);
	struct section section;

	tails->bin = bin;
	intern_init(&tails->entries);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!binary_section(bin, names[i], &section))
			continue;
		tails->stubs[i][0] = section.vaddr;
		tails->stubs[i][1] = section.vaddr + bytes_left(&section.data);
	}
	return tails;
}

void tails_free(struct tails *tails)
{
	if (!tails)
		return;
	intern_release(&tails->entries);
	vec_release(&tails->exits);
	vec_release(&tails->jumps);
	free(tails);
}

/* The file's bytes from vaddr on; empty if there are fewer than `size`. */
static struct bytes code_at(const struct tails *tails, u64 vaddr, u64 size)
{
	struct bytes all = binary_bytes(tails->bin);
	u64 offset = binary_vaddr_to_offset(tails->bin, vaddr);

	if (offset == UINT64_MAX || offset > bytes_left(&all) ||
	    size > bytes_left(&all) - offset)
		return bytes_of(NULL, 0);
	return bytes_of(all.at + offset, size);
}

static u64 relative(const u8 *at, u64 behind)
{
	struct bytes b = bytes_of(at, 4);

	return behind + (u64)(i64)(i32)bytes_u32(&b);
}

static bool is_stub(const struct tails *tails, u64 vaddr)
{
	for (size_t i = 0; i < ARRAY_LEN(tails->stubs); i++)
		if (vaddr >= tails->stubs[i][0] && vaddr < tails->stubs[i][1])
			return true;
	return false;
}

/* The function that starts there; false if none does. */
static bool function_at(const struct tails *tails, u64 entry, struct code_span *span)
{
	return binary_code_span_at(tails->bin, entry, span) && span->start == entry &&
	       !is_stub(tails, entry);
}

/* Length of a jump with a 32 bit displacement at its end; 0 if it is none. */
static size_t jump_length(const u8 *at, size_t left)
{
	if (left >= 5 && at[0] == 0xe9)
		return 5;
	if (left >= 6 && at[0] == 0x0f && (at[1] & 0xf0) == 0x80)
		return 6;
	return 0;
}

static void scan(struct tails *tails, const struct code_span *span)
{
	u64 size = span->end - span->start;
	struct bytes code = code_at(tails, span->start, size);
	struct code_span other;
	size_t left;

	if (tails->scanned + size > MOST_SCANNED)
		return;
	tails->scanned += size;
	for (size_t at = 0; (left = bytes_left(&code)) > 0; at++, bytes_skip(&code, 1)) {
		size_t length = jump_length(code.at, left);
		u64 to;

		if (!length)
			continue;
		to = relative(code.at + length - 4, span->start + at + length);
		if ((to < span->start || to >= span->end) && function_at(tails, to, &other))
			*vec_push(&tails->jumps) = (struct jump){ span->start + at, to };
	}
}

static struct exits exits_of(struct tails *tails, const struct code_span *span)
{
	u64 entry = span->start;
	u32 id = intern_bytes(&tails->entries, &entry, sizeof entry);

	if (id == tails->exits.len) {
		u32 first = (u32)tails->jumps.len;

		scan(tails, span);
		*vec_push(&tails->exits) =
			(struct exits){ first, (u32)tails->jumps.len - first };
	}
	return tails->exits.data[id];
}

/* ---- ways ---- */

struct search {
	struct tails *tails;
	u64 goal;
	u64 nodes[TAIL_HOPS]; /* of the way that is being tried */
	u64 found[TAIL_HOPS]; /* of the first one that arrived */
	u32 found_count;
	u32 ways; /* that arrive */
	u32 looked;
};

static bool is_new_target(const struct tails *tails, struct exits exits, u32 i)
{
	for (u32 k = 0; k < i; k++)
		if (tails->jumps.data[exits.first + k].to ==
		    tails->jumps.data[exits.first + i].to)
			return false;
	return true;
}

static bool on_way(const struct search *s, u32 depth, u64 entry)
{
	for (u32 i = 0; i <= depth; i++)
		if (s->nodes[i] == entry)
			return true;
	return false;
}

static void arrive(struct search *s, u32 depth)
{
	if (!s->ways++) {
		memcpy(s->found, s->nodes, sizeof s->found);
		s->found_count = depth + 1;
	}
}

static void walk(struct search *s, u32 depth)
{
	struct code_span span;
	struct exits exits;

	if (!function_at(s->tails, s->nodes[depth], &span) || s->looked++ == MOST_WAYS)
		return;
	exits = exits_of(s->tails, &span);
	for (u32 i = 0; i < exits.count && s->ways < 2; i++) {
		u64 to = s->tails->jumps.data[exits.first + i].to;

		if (!is_new_target(s->tails, exits, i))
			continue;
		if (to == s->goal) {
			arrive(s, depth);
		} else if (depth + 1 < TAIL_HOPS && !on_way(s, depth, to)) {
			s->nodes[depth + 1] = to;
			walk(s, depth + 1);
		}
	}
}

static void add_hop(struct tails *tails, struct tail_way *way, u64 entry, u64 next,
		    struct jump_vec *jumps)
{
	struct tail_hop hop = { .entry = entry, .first = (u32)jumps->len };
	struct code_span span = { entry, entry };
	struct exits exits;

	function_at(tails, entry, &span);
	exits = exits_of(tails, &span);
	for (u32 i = 0; i < exits.count; i++)
		if (tails->jumps.data[exits.first + i].to == next)
			*vec_push(jumps) = tails->jumps.data[exits.first + i];
	hop.count = (u32)jumps->len - hop.first;
	way->hops[way->count++] = hop;
}

/* "f.cold" of "f": one function in two pieces, which are jumped between. */
static bool is_piece(const char *name, const char *of)
{
	size_t n = strlen(of);

	return strncmp(name, of, n) == 0 && (starts_with(name + n, ".cold") || !name[n]);
}

static bool same_function(struct tails *tails, u64 a, u64 b)
{
	const struct symbol *x = binary_symbol_at(tails->bin, a);
	const struct symbol *y = binary_symbol_at(tails->bin, b);

	return x && y && (x == y || is_piece(x->name, y->name) || is_piece(y->name, x->name));
}

static bool is_part(struct tails *tails, u64 vaddr)
{
	const struct symbol *symbol = binary_symbol_at(tails->bin, vaddr);

	return symbol && strstr(symbol->name, ".cold");
}

/* The function that the call in front of `return_address` names; false if it names none. */
static bool called(const struct tails *tails, u64 return_address, struct code_span *span)
{
	struct bytes call = code_at(tails, return_address - CALL_SIZE, CALL_SIZE);

	return bytes_left(&call) && call.at[0] == 0xe8 &&
	       function_at(tails, relative(call.at + 1, return_address), span);
}

bool tails_find(struct tails *tails, u64 return_address, u64 inside, struct jump_vec *jumps,
		struct tail_way *way)
{
	struct search s = { .tails = tails };
	struct code_span first, last;

	*way = (struct tail_way){ .count = 0 };
	if (!called(tails, return_address, &first) ||
	    !binary_code_span_at(tails->bin, inside, &last) || first.start == last.start ||
	    is_stub(tails, inside) || is_part(tails, inside) ||
	    same_function(tails, first.start, inside))
		return false;
	s.goal = last.start;
	s.nodes[0] = first.start;
	walk(&s, 0);
	if (s.ways != 1 || s.looked > MOST_WAYS) {
		way->hops[way->count++] = (struct tail_hop){ .entry = first.start };
		return true;
	}
	for (u32 i = 0; i < s.found_count; i++)
		add_hop(tails, way, s.found[i],
			i + 1 < s.found_count ? s.found[i + 1] : s.goal, jumps);
	return true;
}
