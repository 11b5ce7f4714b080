/*
 * The call frame information of .eh_frame (LSB "Exception Frames", DWARF 4 section 6.4), taken apart:
 * entries, and the program of one entry run to a list of rules.
 */
#ifndef APROF_UNWIND_CFI_H
#define APROF_UNWIND_CFI_H

#include <aprof/bytes.h>
#include <aprof/types.h>
#include <aprof/vec.h>

/* The section, with what is needed to understand its pointers. */
struct cfi {
	struct bytes data;
	u64 vaddr;
};

/* What is known of one register of the caller. */
enum cfi_how {
	HOW_SAME, /* also: no rule given, which for rbp means the same */
	HOW_UNDEFINED,
	HOW_OFFSET, /* at CFA + offset */
	HOW_SAVED_AT_RBP, /* at *rbp (expression "breg6 0") */
	HOW_OTHER,
};

/* The rules at one place: the CFA, and the registers that matter. */
struct cfi_state {
	u64 cfa_reg;
	i64 cfa_offset;
	i64 rbp_offset, ra_offset;
	const u8 *expression; /* of the CFA; NULL: register and offset */
	u32 expression_size;
	u8 rbp, ra; /* enum cfi_how */
	bool rsp_is_special; /* a rule of its own: the caller's rsp is not the CFA */
};

struct cie {
	u32 at; /* offset in the section */
	bool valid;
	bool signal;
	bool has_augmentation; /* FDEs have an augmentation block, too */
	u8 pointer_encoding;
	u64 code_align;
	i64 data_align;
	struct cfi_state initial; /* what its program sets up */
	u32 rule; /* the same */
	bool plain; /* it, and most of what programs do to it, is said by changing the rule's bits */
};

struct fde {
	u32 at; /* offset in the section */
	u32 cie; /* offset in the section */
	u64 start, size; /* vaddr; filled by cfi_fde() */
	struct bytes program;
};

struct row {
	u32 pc; /* the rule holds from here to the next row's */
	u32 rule; /* rule.h */
};
struct rows VEC(struct row);

enum cfi_entry {
	CFI_END,
	CFI_CIE,
	CFI_FDE,
};

/*
 * The entry at *at, and *at moved behind it. For an FDE, `body` is what follows its CIE pointer.
 * Damage ends the section.
 */
enum cfi_entry cfi_next(const struct cfi *cfi, u64 *at, struct fde *fde, struct bytes *body);

/* Reads the CIE at an offset; cie->valid says whether it can be used. */
void cfi_cie(const struct cfi *cfi, u32 at, struct cie *cie);

/* Start, size and program of an FDE whose CIE is known. */
bool cfi_fde(const struct cfi *cfi, const struct cie *cie, struct bytes body, struct fde *fde);

/* Runs the program of a CIE; false if it has instructions that are not known. */
bool cfi_run_initial(struct cie *cie, struct bytes program);

/*
 * Appends the rows of an FDE; they start at `pc` and stay below pc + size. A row that would repeat
 * the last rule is left out.
 */
void cfi_run(const struct cie *cie, const struct fde *fde, u32 pc, u64 size, struct rows *out);

/* Adds a row in the place of those at and behind `pc`; nothing if it would repeat the last rule. */
static inline void rows_add(struct rows *rows, u32 pc, u32 rule)
{
	while (rows->len && rows->data[rows->len - 1].pc >= pc)
		rows->len--;
	if (rows->len && rows->data[rows->len - 1].rule == rule)
		return;
	*vec_push(rows) = (struct row){ .pc = pc, .rule = rule };
}

#endif
