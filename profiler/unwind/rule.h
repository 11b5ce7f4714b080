/*
 * One unwind rule in 32 bits: how to find the caller's frame from the registers at one place.
 *
 *	bits 0-3	enum rule_kind
 *	bits 4-11	where the caller's rbp is: RBP_SAME, RBP_LOST, or n for "saved at CFA - 8 * n"
 *	bits 12-31	the kind's number, signed, in units of 8 bytes unless the kind says otherwise
 *
 * The return address is always at CFA - 8, and the caller's rsp is the CFA: what deviates is
 * RULE_OTHER and needs a full interpreter.
 */
#ifndef APROF_UNWIND_RULE_H
#define APROF_UNWIND_RULE_H

#include <aprof/types.h>

enum rule_kind {
	RULE_GAP, /* no FDE covers the place */
	RULE_RSP, /* CFA = rsp + n */
	RULE_RBP, /* CFA = rbp + n */
	RULE_DRAP, /* CFA = *(rbp + n): gcc's stack realignment; RBP_SAVED: rbp is at *rbp */
	RULE_RSP_DEREF, /* CFA = *(rsp + n) + 8: assembly that keeps the old rsp on its stack */
	RULE_PLT, /* CFA = rsp + 8, and 8 more from byte n (not in eights) of 16 on */
	RULE_SIGNAL, /* a signal's frame: the interrupted rsp, then rip, at rsp + n */
	RULE_REG, /* CFA = another register + its signed offset; n is RULE_REG_NUMBER */
	RULE_END, /* the return address is undefined: the start of the thread */
	RULE_OTHER, /* libunwind's business */
};

#define RBP_SAME 0u
#define RBP_LOST 1u /* CFA - 8 is the return address: the number is free */
#define RBP_SAVED 2u /* smallest real one */
#define RBP_MAX 255u

#define RULE_NUMBER_MAX 0x7ffff
#define RULE_NUMBER_MIN (-0x80000)

/* RULE_REG's number: DWARF register in the low four bits, offset / 8 above. */
#define RULE_REG_NUMBER(reg, eights) ((i32)((u32)(eights) << 4 | (reg)))
#define RULE_REG_EIGHTS_MAX 0x7fff

static inline u32 rule_make(enum rule_kind kind, u32 rbp, i32 number)
{
	return (u32)kind | rbp << 4 | (u32)number << 12;
}

static inline enum rule_kind rule_kind(u32 rule)
{
	return (enum rule_kind)(rule & 15);
}

static inline u32 rule_rbp(u32 rule)
{
	return rule >> 4 & 0xff;
}

static inline i32 rule_number(u32 rule)
{
	return (i32)rule >> 12;
}

#endif
