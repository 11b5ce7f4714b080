/* Call frame information written by hand, for tests of what compiles and uses it. */
#ifndef APROF_UNIT_CFI_H
#define APROF_UNIT_CFI_H

#include <dwarf.h>
#include <string.h>

#include <aprof/bytes.h>

/* Where the section stands, and the text that it describes. */
#define CFI_VADDR 0x9000u

struct cfi_maker {
	struct buf data;
	u32 entry; /* offset of the entry being made */
	u32 cie; /* offset of the last CIE */
};

static inline void cfi_end(struct cfi_maker *m)
{
	u32 size;

	while (m->data.len % 8 != 4)
		buf_u8(&m->data, DW_CFA_nop);
	size = (u32)m->data.len - m->entry - 4;
	memcpy(m->data.data + m->entry, &size, 4);
}

static inline void cfi_open(struct cfi_maker *m, u32 id)
{
	m->entry = (u32)m->data.len;
	buf_u32(&m->data, 0);
	buf_u32(&m->data, id);
}

/* What gcc writes: CFA = rsp + 8, the return address below it. `letters` start with "zR". */
static inline void cfi_cie_begin(struct cfi_maker *m, const char *letters, u8 encoding)
{
	m->cie = (u32)m->data.len;
	cfi_open(m, 0);
	buf_u8(&m->data, 1);
	buf_put(&m->data, letters, strlen(letters) + 1);
	buf_varint(&m->data, 1);
	buf_u8(&m->data, 0x78); /* -8 */
	buf_u8(&m->data, 16);
	buf_varint(&m->data, 1);
	buf_u8(&m->data, encoding);
}

static inline void cfi_put(struct cfi_maker *m, const void *program, size_t size)
{
	buf_put(&m->data, program, size);
}

static inline void cfi_cie_make(struct cfi_maker *m, const char *letters)
{
	static const u8 program[] = { DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1 };

	cfi_cie_begin(m, letters, DW_EH_PE_pcrel | DW_EH_PE_sdata4);
	cfi_put(m, program, sizeof program);
	cfi_end(m);
}

/* An FDE of the last CIE, for text at link-time address `start`. */
static inline void cfi_fde_make(struct cfi_maker *m, u64 start, u32 size, const void *program,
				size_t program_size)
{
	cfi_open(m, (u32)m->data.len + 4 - m->cie);
	buf_u32(&m->data, (u32)(start - (CFI_VADDR + m->data.len)));
	buf_u32(&m->data, size);
	buf_varint(&m->data, 0);
	cfi_put(m, program, program_size);
	cfi_end(m);
}

#define CFI_FDE(m, start, size, ...)                                                      \
	cfi_fde_make((m), (start), (size), (const u8[]){ DW_CFA_nop, __VA_ARGS__ },       \
		     sizeof((const u8[]){ DW_CFA_nop, __VA_ARGS__ }))

#define CFI_ADVANCE(n) (DW_CFA_advance_loc | (n))
#define CFI_RBP_AT(eights) (DW_CFA_offset | 6), (eights)
#define CFI_CFA_OFFSET(n) DW_CFA_def_cfa_offset, (n)

#endif
