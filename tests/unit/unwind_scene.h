/* A process with one module whose functions show every kind of unwind rule, for tests. */
#ifndef APROF_UNIT_UNWIND_SCENE_H
#define APROF_UNIT_UNWIND_SCENE_H

#include <aprof/alloc.h>

#include "profiler/process/space_edit.h"
#include "profiler/unwind/unwind.h"
#include "profiler/unwind/walk.h"
#include "tests/unit/cfi.h"
#include "tests/unit/elf_image.h"

/* Text: file offset 0x1000, link-time 0x3000, mapped at 0x7f0000401000. */
#define TEXT_OFFSET 0x1000u
#define TEXT_SIZE 0x2000u
#define TEXT_VADDR 0x3000u
#define TEXT_MAPPED 0x7f0000401000ull
#define JIT_MAPPED 0x7f0000900000ull
#define STACK_TOP 0x7ffd00001000ull

/* Functions, by their offset in the text; each is 0x100 long. */
enum {
	FN_LEAF = 0x000, /* CFA = rsp + 8 */
	FN_RBP = 0x100, /* push %rbp; mov %rsp,%rbp at +4; pop at +0x80: ret, the slot still named */
	FN_RSP = 0x200, /* CFA = rsp + 64, rbp at CFA - 24 */
	FN_START = 0x300, /* no return address */
	FN_DRAP = 0x400, /* CFA = *(rbp - 8), rbp at *rbp */
	FN_DEREF = 0x500, /* CFA = *(rsp + 16) + 8, rbp at CFA - 16 */
	FN_PLT = 0x600,
	FN_SIGRETURN = 0x701, /* its rule starts a byte before */
	FN_NO_RULE = 0x800, /* syscall; test %rax,%rax at +0x40 */
	FN_OTHER = 0x900, /* CFA = rsp + 16, by an expression that has no kind */
	FN_R10 = 0xa00, /* CFA = r10 + 16 */
	FN_MUSL_SIGRETURN = 0xb01, /* no rule, but the code; a nop before it */
	FN_CALLER = 0xc00, /* CFA = rsp + 32; has calls that end at +5 and, indirect, at +0x12 */
	FN_RBX = 0xd00, /* CFA = rbx + 16 */
	FN_SAVES_RBX = 0xe00, /* CFA = rsp + 16, rbx at CFA - 16 */
};

struct scene {
	struct table *table;
	struct space *space;
	struct unwinder *unwinder;
	struct sample sample;
	u64 words[8192]; /* the stack copy */
	struct stack stack; /* what came out */
};

#define AT(fn) (TEXT_MAPPED + (fn))

static inline void scene_fde(struct cfi_maker *m, u32 fn, u32 size, const u8 *program, size_t n)
{
	cfi_fde_make(m, TEXT_VADDR + fn, size, program, n);
}

#define SCENE_FDE(m, fn, ...)                                                             \
	scene_fde((m), (fn), 0x100, (const u8[]){ DW_CFA_nop, __VA_ARGS__ },              \
		  sizeof((const u8[]){ DW_CFA_nop, __VA_ARGS__ }))

static inline struct buf scene_eh_frame(void)
{
	static const u8 signal[] = { DW_CFA_def_cfa_expression, 4, DW_OP_breg7, 0xa0, 1,
				     DW_OP_deref };
	struct cfi_maker m = { 0 };

	cfi_cie_make(&m, "zR");
	SCENE_FDE(&m, FN_LEAF, DW_CFA_nop);
	SCENE_FDE(&m, FN_RBP, CFI_ADVANCE(1), CFI_CFA_OFFSET(16), CFI_RBP_AT(2), CFI_ADVANCE(3),
		  DW_CFA_def_cfa_register, 6, DW_CFA_advance_loc1, 0x7c, DW_CFA_def_cfa, 7, 8);
	SCENE_FDE(&m, FN_RSP, CFI_CFA_OFFSET(64), CFI_RBP_AT(3));
	SCENE_FDE(&m, FN_START, DW_CFA_undefined, 16);
	SCENE_FDE(&m, FN_DRAP, DW_CFA_expression, 6, 2, DW_OP_breg6, 0, DW_CFA_def_cfa_expression,
		  3, DW_OP_breg6, 0x78, DW_OP_deref);
	SCENE_FDE(&m, FN_DEREF, DW_CFA_def_cfa_expression, 5, DW_OP_breg7, 16, DW_OP_deref,
		  DW_OP_plus_uconst, 8, CFI_RBP_AT(2));
	SCENE_FDE(&m, FN_PLT, DW_CFA_def_cfa_expression, 11, DW_OP_breg7, 8, DW_OP_breg16, 0,
		  DW_OP_lit15, DW_OP_and, DW_OP_lit11, DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus);
	SCENE_FDE(&m, FN_OTHER, DW_CFA_def_cfa_expression, 2, DW_OP_breg7, 16);
	SCENE_FDE(&m, FN_R10, DW_CFA_def_cfa, 10, 16);
	SCENE_FDE(&m, FN_CALLER, CFI_CFA_OFFSET(32));
	SCENE_FDE(&m, FN_RBX, DW_CFA_def_cfa, 3, 16);
	SCENE_FDE(&m, FN_SAVES_RBX, CFI_CFA_OFFSET(16), DW_CFA_offset | 3, 2);
	cfi_cie_make(&m, "zRS");
	scene_fde(&m, FN_SIGRETURN - 1, 0xa, signal, sizeof signal);
	buf_u32(&m.data, 0);
	return m.data;
}

static inline struct table *scene_table(void)
{
	static const u8 sigreturn[] = { 0x48, 0xc7, 0xc0, 15, 0, 0, 0, 0x0f, 0x05 };
	struct buf eh_frame = scene_eh_frame(), file;
	struct binary *bin = NULL;
	struct elf_image e;
	u8 *text = xzalloc(TEXT_SIZE);
	u8 *pad = xzalloc(TEXT_OFFSET - sizeof(Elf64_Ehdr));

	memcpy(text + FN_SIGRETURN, sigreturn, sizeof sigreturn);
	memcpy(text + FN_MUSL_SIGRETURN, sigreturn, sizeof sigreturn);
	memcpy(text + FN_NO_RULE + 0x40, "\x0f\x05\x48\x85\xc0", 5);
	text[FN_CALLER] = 0xe8; /* call rel32 */
	memcpy(text + FN_CALLER + 0x10, "\xff\xd0", 2); /* call *%rax */

	elf_image_init(&e);
	elf_image_put(&e, pad, TEXT_OFFSET - sizeof(Elf64_Ehdr));
	elf_image_section(&e, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, TEXT_VADDR, text,
			  TEXT_SIZE);
	elf_image_section(&e, ".eh_frame", SHT_PROGBITS, SHF_ALLOC, CFI_VADDR, eh_frame.data,
			  eh_frame.len);
	elf_image_segment(&e, PT_LOAD, PF_R | PF_X, TEXT_OFFSET, TEXT_VADDR, TEXT_SIZE);
	elf_image_segment(&e, PT_LOAD, PF_R, e.sections[2].sh_offset, CFI_VADDR, eh_frame.len);
	file = elf_image_finish(&e);
	err_free(binary_open_image(&bin, file.data, file.len, "scene"));
	buf_release(&file);
	buf_release(&eh_frame);
	free(text);
	free(pad);
	return table_new(bin);
}

/* Module 0 is the file, module 1 memory without one. Without a loader: every table is there. */
static inline void scene_open(struct scene *s)
{
	const struct mapping maps[] = {
		{ TEXT_MAPPED, TEXT_MAPPED + TEXT_SIZE, TEXT_OFFSET, 0, 5 },
		{ JIT_MAPPED, JIT_MAPPED + 0x1000, JIT_MAPPED, 1, 7 },
	};
	struct view *view;

	memset(s, 0, sizeof *s);
	s->table = scene_table();
	s->space = space_new();
	for (size_t i = 0; i < ARRAY_LEN(maps); i++)
		space_replace(&s->space, &maps[i]);
	s->unwinder = unwinder_new(NULL);
	view = view_of(&s->unwinder->views, s->space);
	view->places[0].state = view->places[1].state = PLACE_READY;
	view->places[0].table = s->table;
	s->sample.regs.valid = true;
	s->sample.stack = (const u8 *)s->words;
	s->sample.stack_size = sizeof s->words;
	s->sample.stack_asked = sizeof s->words + 8;
	s->sample.regs.reg[UREG_SP] = STACK_TOP;
}

static inline void scene_close(struct scene *s)
{
	unwinder_free(s->unwinder);
	space_put(s->space);
	table_free(s->table);
}

/* Unwinds from `ip`; the copy is of `words` words. */
static inline void scene_unwind(struct scene *s, u64 ip, size_t words, bool cut)
{
	u32 module = NO_ID;

	s->sample.regs.reg[UREG_IP] = ip;
	s->sample.stack_size = words * sizeof *s->words;
	s->sample.stack_asked = s->sample.stack_size + (cut ? 0 : 8);
	s->stack.count = 0;
	unwind_user(s->unwinder, &s->sample, s->space, true, &s->stack, &module);
}

#endif
