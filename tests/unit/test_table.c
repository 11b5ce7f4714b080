/* Unwind tables: programs written by hand, odd sections, and the rules of this very program. */
#include <stdio.h>
#include <unistd.h>

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>

#include <aprof/cleanup.h>

#include "profiler/unwind/table.h"
#include "tests/unit/cfi.h"
#include "tests/unit/check.h"

/* Text at vaddr 0x4000 that is loaded from offset 0x3000, 0x1000 bytes. */
static const struct segment text = { .offset = 0x3000, .vaddr = 0x4000, .file_size = 0x1000,
				     .executable = true };

static struct table *compile(const struct cfi_maker *m)
{
	const struct cfi cfi = { .data = bytes_of(m->data.data, m->data.len), .vaddr = CFI_VADDR };

	return table_compile(&cfi, &text, 1);
}

static void free_maker(struct cfi_maker *m)
{
	buf_release(&m->data);
	*m = (struct cfi_maker){ 0 };
}

#define RULE(kind, rbp, n) ((u32)(kind) | (u32)(rbp) << 4 | (u32)(n) << 12)
#define RSP(eights) RULE(RULE_RSP, RBP_SAME, (eights))

/* One program, and the rules at the places that it sets apart. */
struct program_case {
	const char *name;
	const char *letters;
	u8 size;
	u8 program[40];
	struct {
		u8 at;
		u32 rule;
	} want[6];
};

#define EXPRESSION(n) DW_CFA_def_cfa_expression, (n)

static const struct program_case cases[] = {
	{ "leaf", "zR", 1, { DW_CFA_nop }, { { 0, RSP(1) }, { 0x3f, RSP(1) } } },
	{ "push rbp, mov", "zR", 10,
	  { CFI_ADVANCE(1), CFI_CFA_OFFSET(16), CFI_RBP_AT(2), CFI_ADVANCE(3),
	    DW_CFA_def_cfa_register, 6, CFI_ADVANCE(20) },
	  { { 0, RSP(1) }, { 1, RULE(RULE_RSP, 2, 2) }, { 3, RULE(RULE_RSP, 2, 2) },
	    { 4, RULE(RULE_RBP, 2, 2) }, { 0x3f, RULE(RULE_RBP, 2, 2) } } },
	{ "remember and restore", "zR", 9,
	  { CFI_ADVANCE(4), CFI_CFA_OFFSET(64), DW_CFA_remember_state, CFI_ADVANCE(8),
	    CFI_CFA_OFFSET(8), CFI_ADVANCE(1), DW_CFA_restore_state },
	  { { 3, RSP(1) }, { 4, RSP(8) }, { 12, RSP(1) }, { 13, RSP(8) } } },
	{ "restore of rbp", "zR", 7,
	  { CFI_RBP_AT(3), CFI_ADVANCE(1), DW_CFA_restore | 6, CFI_ADVANCE(1), DW_CFA_undefined, 6 },
	  { { 0, RULE(RULE_RSP, 3, 1) }, { 1, RSP(1) },
	    { 2, RULE(RULE_RSP, RBP_LOST, 1) } } },
	{ "long advances", "zR", 9,
	  { DW_CFA_advance_loc1, 5, CFI_CFA_OFFSET(16), DW_CFA_advance_loc2, 10, 0,
	    CFI_CFA_OFFSET(24) },
	  { { 4, RSP(1) }, { 5, RSP(2) }, { 14, RSP(2) }, { 15, RSP(3) } } },
	{ "advance past the end", "zR", 7,
	  { DW_CFA_advance_loc4, 0xff, 0xff, 0xff, 0xff, CFI_CFA_OFFSET(24) }, { { 0x3f, RSP(1) } } },
	{ "stack realigned through r10", "zR", 13,
	  { DW_CFA_def_cfa, 10, 0, CFI_ADVANCE(2), DW_CFA_expression, 6, 2, DW_OP_breg6, 0,
	    CFI_ADVANCE(2), EXPRESSION(3) },
	  { { 0, RULE(RULE_REG, RBP_SAME, RULE_REG_NUMBER(10, 0)) }, { 2, RULE_OTHER } } },
	{ "realigned body", "zR", 10,
	  { DW_CFA_expression, 6, 2, DW_OP_breg6, 0, EXPRESSION(3), DW_OP_breg6, 0x78,
	    DW_OP_deref },
	  { { 0, RULE(RULE_DRAP, RBP_SAVED, -1) } } },
	{ "old rsp on the stack", "zR", 9,
	  { EXPRESSION(6), DW_OP_breg7, 0xd8, 0, DW_OP_deref, DW_OP_plus_uconst, 8, DW_CFA_nop },
	  { { 0, RULE(RULE_RSP_DEREF, RBP_SAME, 11) } } },
	{ "PLT", "zR", 13,
	  { EXPRESSION(11), DW_OP_breg7, 8, DW_OP_breg16, 0, DW_OP_lit15, DW_OP_and, DW_OP_lit11,
	    DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus },
	  { { 0, RULE(RULE_PLT, RBP_SAME, 11) } } },
	{ "signal frame", "zRS", 6, { EXPRESSION(4), DW_OP_breg7, 0xa0, 1, DW_OP_deref },
	  { { 0, RULE(RULE_SIGNAL, RBP_SAME, 20) } } },
	{ "signal frame without expression", "zRS", 1, { DW_CFA_nop }, { { 0, RULE_OTHER } } },
	{ "start of a thread", "zR", 2, { DW_CFA_undefined, 16 }, { { 0, RULE_END } } },
	{ "return address in rdi", "zR", 3, { DW_CFA_register, 16, 5 }, { { 0, RULE_OTHER } } },
	{ "rsp restored from a slot", "zR", 2, { DW_CFA_offset | 7, 2 }, { { 0, RULE_OTHER } } },
	{ "CFA that is no multiple of eight", "zR", 2, { CFI_CFA_OFFSET(12) }, { { 0, RULE_OTHER } } },
	{ "CFA of 8 MiB", "zR", 5, { DW_CFA_def_cfa_offset, 0x80, 0x80, 0x80, 4 },
	  { { 0, RULE_OTHER } } },
	{ "rbp far away", "zR", 3, { DW_CFA_offset | 6, 0x80, 2 }, { { 0, RULE_OTHER } } },
	{ "unknown instruction", "zR", 5, { CFI_CFA_OFFSET(16), CFI_ADVANCE(2), 0x3f, 0 },
	  { { 0, RULE(RULE_RSP, 0, 2) }, { 2, RULE_OTHER }, { 0x3f, RULE_OTHER } } },
	{ "restore without remember", "zR", 2, { CFI_ADVANCE(4), DW_CFA_restore_state },
	  { { 0, RSP(1) }, { 4, RULE_OTHER } } },
	{ "expression longer than the entry", "zR", 3, { CFI_ADVANCE(4), EXPRESSION(120) },
	  { { 0, RSP(1) }, { 4, RULE_OTHER } } },
};

static void test_programs(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct program_case *c = &cases[i];
		struct cfi_maker m = { 0 };
		struct table *t;

		cfi_cie_make(&m, c->letters);
		cfi_fde_make(&m, 0x4100, 0x40, c->program, c->size);
		t = compile(&m);
		for (size_t k = 0; k < ARRAY_LEN(c->want) && c->want[k].rule; k++)
			if (!CHECK_EQ(table_rule(t, 0x3100 + c->want[k].at), c->want[k].rule))
				fprintf(stderr, "... %s, at %u\n", c->name, c->want[k].at);
		CHECK_EQ(table_rule(t, 0x30ff), RULE_GAP);
		CHECK_EQ(table_rule(t, 0x3140), RULE_GAP);
		CHECK_EQ(t->fdes, 1);
		table_free(t);
		free_maker(&m);
	}
}

static void test_gaps_and_padding(void)
{
	struct cfi_maker m = { 0 };
	struct table *t;

	cfi_cie_make(&m, "zR");
	CFI_FDE(&m, 0x4000, 0x21, CFI_CFA_OFFSET(16));
	CFI_FDE(&m, 0x4030, 0x10, CFI_CFA_OFFSET(24)); /* behind padding */
	CFI_FDE(&m, 0x4060, 0x10, CFI_CFA_OFFSET(32)); /* behind a function without rules */
	CFI_FDE(&m, 0x4075, 0x10, CFI_CFA_OFFSET(40)); /* not aligned: nobody pads to there */
	t = compile(&m);
	CHECK_EQ(table_rule(t, 0x3000), RSP(2));
	CHECK_EQ(table_rule(t, 0x3021), RSP(2));
	CHECK_EQ(table_rule(t, 0x302f), RSP(2));
	CHECK_EQ(table_rule(t, 0x3030), RSP(3));
	CHECK_EQ(table_rule(t, 0x303f), RSP(3));
	CHECK_EQ(table_rule(t, 0x3040), RULE_GAP);
	CHECK_EQ(table_rule(t, 0x305f), RULE_GAP);
	CHECK_EQ(table_rule(t, 0x3060), RSP(4));
	CHECK_EQ(table_rule(t, 0x3070), RULE_GAP);
	CHECK_EQ(table_rule(t, 0x3075), RSP(5));
	CHECK_EQ(table_rule(t, 0x3085), RULE_GAP);
	CHECK_EQ(table_rule(t, 0), RULE_GAP);
	CHECK_EQ(table_rule(t, UINT64_MAX), RULE_GAP);
	table_free(t);
	free_maker(&m);
}

/* Order, overlaps, places that are no text, and functions that reach beyond it. */
static void test_odd_functions(void)
{
	struct cfi_maker m = { 0 };
	struct table *t;

	cfi_cie_make(&m, "zR");
	CFI_FDE(&m, 0x4f80, 0x1000, CFI_CFA_OFFSET(16)); /* cut at the end of the segment */
	CFI_FDE(&m, 0x4100, 0x100, CFI_CFA_OFFSET(24)); /* comes before the one above */
	CFI_FDE(&m, 0x4180, 0x20, CFI_CFA_OFFSET(32)); /* starts within that */
	CFI_FDE(&m, 0x0, 0x100, CFI_CFA_OFFSET(40)); /* of a function that the linker dropped */
	CFI_FDE(&m, 0x9000, 0x100, CFI_CFA_OFFSET(48));
	CFI_FDE(&m, 0x4300, 0, CFI_CFA_OFFSET(48));
	t = compile(&m);
	CHECK_EQ(t->fdes, 6);
	CHECK_EQ(t->fdes_bad, 3);
	CHECK_EQ(table_rule(t, 0x3100), RSP(3));
	CHECK_EQ(table_rule(t, 0x3180), RSP(4));
	CHECK_EQ(table_rule(t, 0x3f80), RSP(2));
	CHECK_EQ(table_rule(t, 0x3fff), RSP(2));
	CHECK_EQ(table_rule(t, 0x4000), RULE_GAP);
	CHECK_EQ(table_rule(t, 0x3300), RULE_GAP);
	CHECK_EQ(table_function(t, 0x3100), 0x3100);
	CHECK_EQ(table_function(t, 0x317f), 0x3100);
	CHECK_EQ(table_function(t, 0x3185), 0x3180);
	CHECK_EQ(table_function(t, 0x3fff), 0x3f80);
	CHECK_EQ(table_function(t, 0x30ff), UINT64_MAX);
	CHECK_EQ(table_function(t, 0x4000), UINT64_MAX);
	table_free(t);
	free_maker(&m);
}

static void test_encodings(void)
{
	static const u8 program[] = { DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1 };
	struct cfi_maker m = { 0 };
	struct table *t;
	u32 at;

	/* Absolute, 8 bytes. */
	cfi_cie_begin(&m, "zR", DW_EH_PE_absptr);
	cfi_put(&m, program, sizeof program);
	cfi_end(&m);
	cfi_open(&m, (u32)m.data.len + 4 - m.cie);
	buf_u64(&m.data, 0x4010);
	buf_u64(&m.data, 0x10);
	buf_varint(&m.data, 0);
	cfi_end(&m);
	/* The 64-bit form of an entry. */
	at = (u32)m.data.len;
	buf_u32(&m.data, UINT32_MAX);
	buf_u64(&m.data, 4 + 17);
	buf_u32(&m.data, (u32)m.data.len - m.cie);
	buf_u64(&m.data, 0x4040);
	buf_u64(&m.data, 0x10);
	buf_varint(&m.data, 0);
	CHECK_EQ(m.data.len - at, 12 + 4 + 17);
	/* An indirect pointer cannot be followed in a file. */
	cfi_cie_begin(&m, "zR", DW_EH_PE_indirect | DW_EH_PE_pcrel | DW_EH_PE_sdata4);
	cfi_put(&m, program, sizeof program);
	cfi_end(&m);
	CFI_FDE(&m, 0x4080, 0x10, CFI_CFA_OFFSET(16));
	t = compile(&m);
	CHECK_EQ(table_rule(t, 0x3010), RSP(1));
	CHECK_EQ(table_rule(t, 0x3020), RULE_GAP);
	CHECK_EQ(table_rule(t, 0x3040), RSP(1));
	CHECK_EQ(table_rule(t, 0x3080), RULE_GAP);
	CHECK_EQ(t->fdes, 3);
	CHECK_EQ(t->fdes_bad, 1);
	table_free(t);
	free_maker(&m);
}

/* A terminator ends the section; so does an entry that does not fit. */
static void test_ends(void)
{
	struct cfi_maker m = { 0 };
	struct table *t;

	cfi_cie_make(&m, "zR");
	CFI_FDE(&m, 0x4000, 0x10, CFI_CFA_OFFSET(16));
	buf_u32(&m.data, 0);
	CFI_FDE(&m, 0x4010, 0x10, CFI_CFA_OFFSET(24));
	t = compile(&m);
	CHECK_EQ(t->fdes, 1);
	table_free(t);
	free_maker(&m);

	t = compile(&m); /* empty */
	CHECK_EQ(t->count, 0);
	CHECK_EQ(table_rule(t, 0x3000), RULE_GAP);
	table_free(t);
}

/* Many rows of random sizes: the directory leads to what a walk over all of them finds. */
static void test_directory(void)
{
	struct cfi_maker m = { 0 };
	struct table *t;
	u64 at = 0x4000, random = 1;
	size_t i = 0;

	cfi_cie_make(&m, "zR");
	while (at < 0x4f00) {
		u32 size;

		random = hash_u64(random);
		size = 1 + (u32)(random % (random >> 60 ? 9 : 600));
		CFI_FDE(&m, at, size, CFI_CFA_OFFSET((u8)(8 + 8 * (random >> 32 & 7))));
		at += size + (random >> 20 & 1) * 17;
	}
	t = compile(&m);
	CHECK(t->count > 100);
	for (u64 offset = t->base; offset < t->base + t->span; offset++) {
		while (i + 1 < t->count && t->rows[i + 1].pc <= offset - t->base)
			i++;
		if (!CHECK_EQ(table_rule(t, offset), t->rows[i].rule))
			break;
	}
	CHECK(t->bytes <= 10 * (u64)t->count + 4 * (u64)t->start_count + 256);
	table_free(t);
	free_maker(&m);
}

/* What libdw makes of one place; false where it knows nothing. */
struct truth {
	Dwarf_Op *cfa, *ra, *rbp;
	size_t cfa_n, ra_n, rbp_n;
	Dwarf_Op ra_mem[3], rbp_mem[3];
	Dwarf_Frame *frame;
};

static bool ask_libdw(Dwarf_CFI *cfi, u64 vaddr, struct truth *t)
{
	if (dwarf_cfi_addrframe(cfi, vaddr, &t->frame))
		return false;
	return !dwarf_frame_cfa(t->frame, &t->cfa, &t->cfa_n) &&
	       !dwarf_frame_register(t->frame, 16, t->ra_mem, &t->ra, &t->ra_n) &&
	       !dwarf_frame_register(t->frame, 6, t->rbp_mem, &t->rbp, &t->rbp_n);
}

/* CFA = register + offset, as libdw says it: DW_OP_bregx, or DW_OP_breg0 + n. */
static bool is_cfa(const struct truth *t, u64 reg, i64 offset)
{
	if (t->cfa_n != 1)
		return false;
	if (t->cfa[0].atom == DW_OP_bregx)
		return t->cfa[0].number == reg && (i64)t->cfa[0].number2 == offset;
	return t->cfa[0].atom == DW_OP_breg0 + reg && (i64)t->cfa[0].number == offset;
}

/* "at CFA - 8 * slot": DW_OP_call_frame_cfa, DW_OP_plus_uconst. The same value: no operation, NULL. */
static bool is_rbp(const struct truth *t, u32 slot)
{
	if (slot == RBP_SAME)
		return t->rbp_n == 0 && t->rbp == NULL;
	if (slot == RBP_LOST)
		return t->rbp_n == 0 && t->rbp != NULL;
	return t->rbp_n == 2 && t->rbp[0].atom == DW_OP_call_frame_cfa &&
	       t->rbp[1].atom == DW_OP_plus_uconst && (i64)t->rbp[1].number == -8 * (i64)slot;
}

static bool agrees(const struct truth *t, u32 rule)
{
	i64 n = 8 * (i64)rule_number(rule);

	switch (rule_kind(rule)) {
	case RULE_RSP:
		return is_cfa(t, 7, n) && is_rbp(t, rule_rbp(rule));
	case RULE_RBP:
		return is_cfa(t, 6, n) && is_rbp(t, rule_rbp(rule));
	case RULE_REG:
		return is_cfa(t, (u32)rule_number(rule) & 15, 8 * (i64)(rule_number(rule) >> 4));
	case RULE_END:
		return t->ra_n == 0;
	case RULE_DRAP:
		return t->cfa_n == 2 && t->cfa[0].atom == DW_OP_breg6 &&
		       (i64)t->cfa[0].number == n && t->cfa[1].atom == DW_OP_deref;
	case RULE_RSP_DEREF:
		return t->cfa_n == 3 && t->cfa[0].atom == DW_OP_breg7 &&
		       (i64)t->cfa[0].number == n && t->cfa[1].atom == DW_OP_deref &&
		       t->cfa[2].atom == DW_OP_plus_uconst;
	case RULE_PLT:
		return t->cfa_n == 9;
	case RULE_SIGNAL:
		return t->cfa_n == 2 && t->cfa[0].atom == DW_OP_breg7 && (i64)t->cfa[0].number == n;
	case RULE_OTHER:
		return true;
	case RULE_GAP:
		break;
	}
	return false;
}

/* Every row of a real file, and the last byte that it holds for, against libdw. */
static void compare_file(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct binary *bin = NULL;
	struct table *table;
	u32 compared = 0, wrong = 0, gaps = 0;
	Dwarf_CFI *cfi;
	Elf *elf;

	elf_version(EV_CURRENT);
	if (!CHECK(fd >= 0) || !CHECK(!binary_open_fd(&bin, fd, path)))
		return;
	table = table_new(bin);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	cfi = dwarf_getcfi_elf(elf);
	for (u32 i = 0; cfi && i < table->count; i++) {
		u64 offset = table->base + table->rows[i].pc;
		u64 vaddr = binary_offset_to_vaddr(bin, offset);
		struct truth truth = { 0 };

		if (rule_kind(table->rows[i].rule) == RULE_GAP) {
			gaps++;
			CHECK(dwarf_cfi_addrframe(cfi, vaddr, &truth.frame));
		} else if (!ask_libdw(cfi, vaddr, &truth)) {
			wrong++;
		} else {
			compared++;
			if (!agrees(&truth, table->rows[i].rule) && wrong++ < 5)
				fprintf(stderr, "%s: vaddr 0x%" PRIx64 ": rule 0x%x is not libdw's\n",
					path, vaddr, table->rows[i].rule);
		}
		free(truth.frame);
	}
	CHECK_EQ(wrong, 0);
	if (cfi)
		CHECK(compared > table->count / 2);
	printf("%s: %u rows, %u gaps\n", path, compared, gaps);
	dwarf_cfi_end(cfi);
	elf_end(elf);
	table_free(table);
}

static void test_real_files(void)
{
	static const char *const paths[] = {
		"/proc/self/exe",
		"/lib/x86_64-linux-gnu/libc.so.6",
		"/lib64/libc.so.6",
		"/lib64/ld-linux-x86-64.so.2",
		"/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
	};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (access(paths[i], R_OK) == 0)
			compare_file(paths[i]);
}

/* Without .eh_frame_hdr every FDE is looked at. */
static void test_find_fde(void)
{
	struct binary *bin = NULL;
	struct table *table;
	struct fde by_header, by_scan;

	if (!CHECK(!binary_open(&bin, "/proc/self/exe")))
		return;
	table = table_new(bin);
	for (u32 i = 0; i < table->count; i += table->count / 40 + 1) {
		u64 offset = table->base + table->rows[i].pc;
		bool gap = rule_kind(table->rows[i].rule) == RULE_GAP;

		if (!CHECK_EQ(table_fde(table, offset, &by_header), !gap) || gap)
			continue;
		CHECK(table_fde_scan(table, binary_offset_to_vaddr(bin, offset), &by_scan));
		CHECK_EQ(by_header.start, by_scan.start);
		CHECK_EQ(by_header.at, by_scan.at);
	}
	table_free(table);
}

/* Functions in another order than their places: rows and starts come out in order. */
static void test_shuffled(void)
{
	static const u64 places[] = { 0x4800, 0x4100, 0x4e00, 0x4080, 0x4400 };
	struct cfi_maker m = { 0 };
	struct table *t;

	cfi_cie_make(&m, "zR");
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		CFI_FDE(&m, places[i], 0x40, CFI_CFA_OFFSET((u8)(16 + 8 * i)));
	t = compile(&m);
	for (u32 i = 1; i < t->count; i++)
		CHECK(t->rows[i - 1].pc < t->rows[i].pc);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		u64 offset = places[i] - 0x1000;

		CHECK_EQ(table_rule(t, offset), rule_make(RULE_RSP, RBP_SAME, 2 + (i32)i));
		CHECK_EQ(table_function(t, offset + 0x3f), offset);
	}
	table_free(t);
	free_maker(&m);
}

int main(void)
{
	test_programs();
	test_gaps_and_padding();
	test_odd_functions();
	test_encodings();
	test_ends();
	test_directory();
	test_shuffled();
	test_real_files();
	test_find_fde();
	return check_done();
}
