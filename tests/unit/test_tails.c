/* Functions that left by tail calls, found in machine code; and put back between two frames. */
#include "report/symbols/tails.h"
#include "tests/unit/cfi.h"
#include "tests/unit/check.h"
#include "tests/unit/elf_image.h"
#include "tests/unit/stacks.h"

#define TEXT 0x1000u
#define TABLE 0x8000u
#define SIZE 0x40u /* of each function; NAME starts at FUNCTION(i) */
#define COUNT 10u
#define FUNCTION(i) (TEXT + SIZE * (i))

static const char *const names[COUNT] = { "caller", "x", "y",     "z",      "far",
					  "v",	    "w", "w.cold", "nobody", "loop" };
enum { CALLER, X, Y, Z, FAR, V, W, W_COLD, NOBODY, LOOP };

struct code {
	u8 bytes[SIZE * COUNT];
};

/* "call" (e8), "jmp" (e9) or "jne" (0f 85) at `from`. */
static void put(struct code *code, u64 from, u8 opcode, u64 to)
{
	size_t at = from - TEXT, length = opcode == 0x85 ? 6 : 5;
	u32 displacement = (u32)(to - (from + length));

	if (opcode == 0x85)
		code->bytes[at++] = 0x0f;
	code->bytes[at] = opcode;
	memcpy(code->bytes + at + 1, &displacement, 4);
}

/* Where the code of an FDE starts, and where it stands. */
struct row {
	u32 start, fde;
};

struct rows VEC(struct row);

static int by_start(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* .eh_frame_hdr, as linkers make it. */
static void add_table(struct elf_image *e, struct rows *rows)
{
	struct buf table = { 0 };
	Elf64_Shdr *header;

	vec_sort(rows, by_start);
	buf_put(&table, "\x01\x1b\x03\x3b", 4);
	buf_u32(&table, CFI_VADDR - (TABLE + 4));
	buf_u32(&table, (u32)rows->len);
	vec_each(rows, row) {
		buf_u32(&table, row->start - TABLE);
		buf_u32(&table, row->fde - TABLE);
	}
	header = elf_image_section(e, ".eh_frame_hdr", SHT_PROGBITS, SHF_ALLOC, TABLE, table.data,
				   table.len);
	elf_image_segment(e, PT_GNU_EH_FRAME, PF_R, header->sh_offset, TABLE, table.len);
	buf_release(&table);
}

static void add_fde(struct cfi_maker *cfi, struct rows *rows, u64 start, u64 size)
{
	*vec_push(rows) = (struct row){ (u32)start, (u32)(CFI_VADDR + cfi->data.len) };
	CFI_FDE(cfi, start, size, DW_CFA_nop);
}

static struct binary *make_binary(const struct code *code, bool table)
{
	struct rows rows = { 0 };
	struct elf_image e;
	struct cfi_maker cfi = { 0 };
	struct buf symbols = { 0 }, strings = { 0 }, file;
	struct binary *bin = NULL;
	Elf64_Shdr *text, *symtab;

	elf_image_init(&e);
	text = elf_image_section(&e, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, TEXT,
				 code->bytes, sizeof code->bytes);
	elf_image_segment(&e, PT_LOAD, PF_R | PF_X, text->sh_offset, TEXT, sizeof code->bytes);
	cfi_cie_make(&cfi, "zR");
	buf_put(&symbols, &(Elf64_Sym){ 0 }, sizeof(Elf64_Sym));
	buf_u8(&strings, 0);
	for (u32 i = 0; i < COUNT; i++) {
		Elf64_Sym symbol = { .st_name = (u32)strings.len,
				     .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FUNC),
				     .st_shndx = 1, .st_value = FUNCTION(i), .st_size = SIZE };

		buf_put(&strings, names[i], strlen(names[i]) + 1);
		buf_put(&symbols, &symbol, sizeof symbol);
		/* In no order: linkers keep that of the object files. */
		add_fde(&cfi, &rows, FUNCTION(COUNT - 1 - i), SIZE);
	}
	/* And what covers the start of one of them once more. */
	add_fde(&cfi, &rows, FUNCTION(LOOP), 8);
	buf_u32(&cfi.data, 0);
	elf_image_section(&e, ".eh_frame", SHT_PROGBITS, SHF_ALLOC, CFI_VADDR, cfi.data.data,
			  cfi.data.len);
	if (table)
		add_table(&e, &rows);
	symtab = elf_image_section(&e, ".symtab", SHT_SYMTAB, 0, 0, symbols.data, symbols.len);
	symtab->sh_entsize = sizeof(Elf64_Sym);
	symtab->sh_link = e.header.e_shnum;
	elf_image_section(&e, ".strtab", SHT_STRTAB, 0, 0, strings.data, strings.len);
	file = elf_image_finish(&e);
	CHECK(!binary_open_image(&bin, file.data, file.len, "made"));
	buf_release(&file);
	buf_release(&symbols);
	buf_release(&strings);
	buf_release(&cfi.data);
	vec_release(&rows);
	return bin;
}

/* "x@10;z@10": functions and how many jumps leave them; "" if nothing is missing. */
static void check_way(struct tails *tails, u64 call, u64 inside, const char *expected)
{
	struct jump_vec jumps = { 0 };
	struct tail_way way;
	struct text text = { 0 };

	if (tails_find(tails, call + 5, inside, &jumps, &way))
		for (u32 i = 0; i < way.count; i++) {
			const struct tail_hop *hop = &way.hops[i];

			text_printf(&text, "%s%s", i ? ";" : "",
				    names[(hop->entry - TEXT) / SIZE]);
			for (u32 k = 0; k < hop->count; k++)
				text_printf(&text, "@%x",
					    (unsigned)(jumps.data[hop->first + k].from -
						       hop->entry));
		}
	CHECK_STR(text_str(&text), expected);
	text_release(&text);
	vec_release(&jumps);
}

static void test_ways(bool table)
{
	struct code code = { { 0 } };
	struct binary *bin;
	struct tails *tails;
	u64 call_x = FUNCTION(CALLER) + 8, call_y = call_x + 8, call_v = call_y + 8;
	u64 call_w = call_v + 8, indirect = call_w + 8, call_loop = indirect + 8;

	put(&code, call_x, 0xe8, FUNCTION(X));
	put(&code, call_y, 0xe8, FUNCTION(Y));
	put(&code, call_v, 0xe8, FUNCTION(V));
	put(&code, call_w, 0xe8, FUNCTION(W));
	code.bytes[indirect - TEXT] = 0xff;
	put(&code, call_loop, 0xe8, FUNCTION(LOOP));
	/* x leaves for y from two places, and for z, which leaves for far; it also jumps within */
	put(&code, FUNCTION(X) + 0x10, 0xe9, FUNCTION(Y));
	put(&code, FUNCTION(X) + 0x18, 0x85, FUNCTION(Y));
	put(&code, FUNCTION(X) + 0x20, 0xe9, FUNCTION(Z));
	put(&code, FUNCTION(X) + 0x28, 0xe9, FUNCTION(X) + 4);
	put(&code, FUNCTION(X) + 0x30, 0xe9, FUNCTION(V) + 4); /* no function's start */
	put(&code, FUNCTION(Z) + 0x10, 0xe9, FUNCTION(FAR));
	/* v has two ways to far */
	put(&code, FUNCTION(V) + 0x10, 0xe9, FUNCTION(FAR));
	put(&code, FUNCTION(V) + 0x20, 0xe9, FUNCTION(Z));
	put(&code, FUNCTION(W) + 0x10, 0x85, FUNCTION(W_COLD));
	put(&code, FUNCTION(LOOP) + 0x10, 0xe9, FUNCTION(Z));
	put(&code, FUNCTION(Z) + 0x20, 0xe9, FUNCTION(LOOP));
	put(&code, FUNCTION(NOBODY) + SIZE - 4, 0xe9, 0); /* cut by the end */
	bin = make_binary(&code, table);
	tails = tails_new(bin);

	check_way(tails, call_y, FUNCTION(Y) + 3, "");
	check_way(tails, call_x, FUNCTION(Y) + 3, "x@10@18");
	check_way(tails, call_x, FUNCTION(Z), "x@20");
	check_way(tails, call_x, FUNCTION(FAR) + 3, "x@20;z@10");
	check_way(tails, call_v, FUNCTION(FAR) + 3, "v"); /* either way */
	check_way(tails, call_x, FUNCTION(NOBODY), "x"); /* by a jump that is not direct */
	check_way(tails, call_w, FUNCTION(W_COLD), ""); /* one function in two pieces */
	check_way(tails, call_loop, FUNCTION(FAR), "loop@10;z@10");
	check_way(tails, call_loop, FUNCTION(Y), "loop"); /* ends, though there is a circle */
	check_way(tails, indirect, FUNCTION(Y), "");
	check_way(tails, call_x, 0x10, "");
	check_way(tails, 0x10, FUNCTION(Y), "");
	tails_free(tails);
	binary_close(bin);
}

/* apply, into which a closure is inlined, left by a jump for burn. */
static void test_chain(void)
{
	struct stacks s = { 0 };
	struct logical *logical = NULL;
	u32 donor = stacks_add(&s, "+d shop::f::{async_fn#0}::{closure#0} = "
				   "shop::f::{{closure}}::{{closure}}\n"
				   "d shop::apply = shop::apply\n");
	u32 stack = stacks_add(&s, "d shop::burn = shop::burn\n"
				   "d shop::f::{async_fn#0} = shop::f::{{closure}}\n");
	u32 ways[8], first[2] = { 0, 2 };

	memset(ways, 0xff, sizeof ways);
	ways[stack] = 0;
	for (int physical = 0; physical < 2; physical++) {
		struct logical_options options = { .physical = physical };
		const struct logical_stack *mapped;
		char *text;

		stacks_ready(&s);
		if (physical)
			s.first.len--; /* ready twice */
		s.symbols.missing_of = ways;
		s.symbols.missing_first = first;
		s.symbols.missing = s.source_frames.data +
				    s.first.data[s.stacks.data[donor].frame];
		CHECK(!logical_new(&logical, &s.profile, &s.symbols, &options));
		mapped = logical_map(logical, stack, 0);
		text = stacks_text(logical, mapped, false);
		CHECK_STR(text, physical ? "shop::f;shop::burn" :
					   "shop::f;shop::apply;shop::f::{closure#0};shop::burn");
		CHECK_EQ(mapped->restored, !physical);
		free(text);
		logical_free(logical);
	}
	stacks_release(&s);
}

/* By the table, and without. */
static void test_spans(bool table)
{
	struct code code = { { 0 } };
	struct binary *bin = make_binary(&code, table);
	struct code_span span = { 0 };

	for (u32 i = 0; i < COUNT; i++) {
		CHECK(binary_code_span_at(bin, FUNCTION(i), &span));
		CHECK_EQ(span.start, FUNCTION(i));
		CHECK(binary_code_span_at(bin, FUNCTION(i) + SIZE - 1, &span));
		CHECK_EQ(span.start, FUNCTION(i));
		CHECK_EQ(span.end, FUNCTION(i) + SIZE);
	}
	CHECK(!binary_code_span_at(bin, FUNCTION(COUNT), &span));
	CHECK(!binary_code_span_at(bin, FUNCTION(0) - 1, &span));
	binary_close(bin);
}

int main(void)
{
	for (int table = 0; table < 2; table++) {
		test_spans(table);
		test_ways(table);
	}
	test_chain();
	return check_done();
}
