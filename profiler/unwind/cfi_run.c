/* The program of an FDE: a table of register rules that changes along the function. */
#include <dwarf.h>

#include "profiler/unwind/cfi.h"
#include "profiler/unwind/rule.h"

/* DWARF's numbers of the registers that matter (psABI, figure 3.36). */
enum {
	REG_RBP = 6,
	REG_RSP = 7,
	REG_RA = 16,
};

/* Compilers nest two deep. */
#define REMEMBER_MAX 8

struct machine {
	const struct cie *cie;
	struct cfi_state now;
	struct cfi_state saved[REMEMBER_MAX];
	u32 depth;
	bool bad; /* unknown instruction: nothing from here on is known */
};

static struct bytes expression_of(const struct cfi_state *s)
{
	return bytes_of(s->expression, s->expression_size);
}

static bool expression_is(struct bytes e, const u8 *want, size_t size)
{
	return bytes_left(&e) == size && (!size || !memcmp(e.at, want, size));
}

/* breg REG n; deref; and `tail`: the forms that have a kind of their own. */
static bool expression_is_deref(struct bytes e, u8 reg, const u8 *tail, size_t tail_size, i64 *n)
{
	if (bytes_u8(&e) != DW_OP_breg0 + reg)
		return false;
	*n = bytes_svarint(&e);
	return bytes_u8(&e) == DW_OP_deref && !e.bad && expression_is(e, tail, tail_size);
}

/*
 * What binutils writes for lazy PLT entries: rsp + 8, and 8 more once the entry has pushed its
 * index, which is so from byte 11 (or another one, for other forms of PLT) of each 16.
 */
static bool expression_is_plt(struct bytes e, i64 *byte)
{
	static const u8 head[] = { DW_OP_breg7, 8, DW_OP_breg16, 0, DW_OP_lit15, DW_OP_and };
	static const u8 tail[] = { DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus };
	const u8 *at;

	if (!expression_is(bytes_sub(&e, sizeof head), head, sizeof head))
		return false;
	at = bytes_take(&e, 1);
	if (!at || *at < DW_OP_lit0 || *at > DW_OP_lit31)
		return false;
	*byte = *at - DW_OP_lit0;
	return expression_is(e, tail, sizeof tail);
}

static bool eighths(i64 value, i64 min, i64 max, i32 *out)
{
	if (value % 8 || value / 8 < min || value / 8 > max)
		return false;
	*out = (i32)(value / 8);
	return true;
}

/* glibc's __restore_rt: every register by its place in the ucontext above rsp. */
static u32 encode_signal(const struct cfi_state *s)
{
	i32 number;
	i64 n;

	if (!expression_is_deref(expression_of(s), REG_RSP, NULL, 0, &n) ||
	    !eighths(n, 0, RULE_NUMBER_MAX, &number))
		return RULE_OTHER;
	return rule_make(RULE_SIGNAL, RBP_SAME, number);
}

static u32 encode_expression(const struct cfi_state *s, u32 rbp)
{
	static const u8 plus_8[] = { DW_OP_plus_uconst, 8 };
	enum rule_kind kind;
	i32 number;
	i64 n;

	if (expression_is_plt(expression_of(s), &n) && rbp == RBP_SAME)
		return rule_make(RULE_PLT, rbp, (i32)n);
	if (expression_is_deref(expression_of(s), REG_RBP, NULL, 0, &n))
		kind = RULE_DRAP;
	else if (expression_is_deref(expression_of(s), REG_RSP, plus_8, sizeof plus_8, &n))
		kind = RULE_RSP_DEREF;
	else
		return RULE_OTHER;
	/* Each kind has its own way to say where rbp is. */
	if ((kind == RULE_DRAP ? rbp > RBP_LOST : s->rbp == HOW_SAVED_AT_RBP) ||
	    !eighths(n, RULE_NUMBER_MIN, RULE_NUMBER_MAX, &number))
		return RULE_OTHER;
	return rule_make(kind, s->rbp == HOW_SAVED_AT_RBP ? RBP_SAVED : rbp, number);
}

/* Larger than RBP_MAX where no number says it. */
static u32 encode_rbp(const struct cfi_state *s)
{
	i32 n;

	switch ((enum cfi_how)s->rbp) {
	case HOW_SAME:
	case HOW_SAVED_AT_RBP: /* said by the kind */
		return RBP_SAME;
	case HOW_UNDEFINED:
		return RBP_LOST;
	case HOW_OFFSET:
		return eighths(-s->rbp_offset, RBP_SAVED, RBP_MAX, &n) ? (u32)n : RBP_MAX + 1;
	case HOW_OTHER:
		break;
	}
	return RBP_MAX + 1;
}

static u32 encode_register(const struct cfi_state *s, u32 rbp)
{
	i32 n;

	if (s->cfa_reg >= REG_RA || !eighths(s->cfa_offset, RULE_NUMBER_MIN, RULE_NUMBER_MAX, &n))
		return RULE_OTHER;
	if (s->cfa_reg == REG_RSP)
		return rule_make(RULE_RSP, rbp, n);
	if (s->cfa_reg == REG_RBP)
		return rule_make(RULE_RBP, rbp, n);
	if (n > RULE_REG_EIGHTS_MAX || n < -RULE_REG_EIGHTS_MAX)
		return RULE_OTHER;
	return rule_make(RULE_REG, rbp, RULE_REG_NUMBER((u32)s->cfa_reg, n));
}

static u32 encode(const struct machine *m)
{
	const struct cfi_state *s = &m->now;
	u32 rbp = encode_rbp(s);

	if (m->bad)
		return RULE_OTHER;
	if (s->ra == HOW_UNDEFINED)
		return RULE_END;
	if (m->cie->signal)
		return s->expression ? encode_signal(s) : RULE_OTHER;
	if (s->ra != HOW_OFFSET || s->ra_offset != -8 || rbp > RBP_MAX || s->rsp_is_special)
		return RULE_OTHER;
	if (s->expression)
		return encode_expression(s, rbp);
	return s->rbp == HOW_SAVED_AT_RBP ? RULE_OTHER : encode_register(s, rbp);
}

static void set_reg(struct machine *m, u64 reg, enum cfi_how how, i64 offset)
{
	if (reg == REG_RBP) {
		m->now.rbp = how;
		m->now.rbp_offset = offset;
	} else if (reg == REG_RA) {
		m->now.ra = how;
		m->now.ra_offset = offset;
	} else if (reg == REG_RSP) {
		m->now.rsp_is_special = how != HOW_SAME;
	}
}

static void restore_reg(struct machine *m, u64 reg)
{
	const struct cfi_state *initial = &m->cie->initial;

	if (reg == REG_RBP)
		set_reg(m, reg, (enum cfi_how)initial->rbp, initial->rbp_offset);
	else if (reg == REG_RA)
		set_reg(m, reg, (enum cfi_how)initial->ra, initial->ra_offset);
	else if (reg == REG_RSP)
		m->now.rsp_is_special = initial->rsp_is_special;
}

static void set_reg_offset(struct machine *m, u64 reg, i64 factored)
{
	i64 offset;

	if (__builtin_mul_overflow(factored, m->cie->data_align, &offset))
		set_reg(m, reg, HOW_OTHER, 0);
	else
		set_reg(m, reg, HOW_OFFSET, offset);
}

static void set_reg_expression(struct machine *m, u64 reg, struct bytes expression)
{
	static const u8 at_rbp[] = { DW_OP_breg6, 0 };

	set_reg(m, reg,
		expression_is(expression, at_rbp, sizeof at_rbp) ? HOW_SAVED_AT_RBP : HOW_OTHER, 0);
}

static void set_cfa_expression(struct machine *m, struct bytes expression)
{
	m->now.expression = expression.at;
	m->now.expression_size = (u32)bytes_left(&expression);
}

static void set_cfa(struct machine *m, u64 reg, i64 offset)
{
	m->now.expression = NULL;
	m->now.cfa_reg = reg;
	m->now.cfa_offset = offset;
}

static void set_cfa_factored(struct machine *m, u64 reg, i64 factored)
{
	i64 offset;

	if (__builtin_mul_overflow(factored, m->cie->data_align, &offset))
		m->bad = true;
	else
		set_cfa(m, reg, offset);
}

/* Everything but the advances. */
static void run_rare(struct machine *m, u8 op, struct bytes *b)
{
	u64 reg;

	switch (op) {
	case DW_CFA_nop:
		break;
	case DW_CFA_offset_extended:
		reg = bytes_varint(b);
		set_reg_offset(m, reg, (i64)bytes_varint(b));
		break;
	case DW_CFA_offset_extended_sf:
		reg = bytes_varint(b);
		set_reg_offset(m, reg, bytes_svarint(b));
		break;
	case DW_CFA_GNU_negative_offset_extended:
		reg = bytes_varint(b);
		set_reg_offset(m, reg, (i64)(0 - bytes_varint(b)));
		break;
	case DW_CFA_restore_extended:
		restore_reg(m, bytes_varint(b));
		break;
	case DW_CFA_undefined:
		set_reg(m, bytes_varint(b), HOW_UNDEFINED, 0);
		break;
	case DW_CFA_same_value:
		set_reg(m, bytes_varint(b), HOW_SAME, 0);
		break;
	case DW_CFA_register:
	case DW_CFA_val_offset:
		reg = bytes_varint(b);
		bytes_varint(b);
		set_reg(m, reg, HOW_OTHER, 0);
		break;
	case DW_CFA_val_offset_sf:
		reg = bytes_varint(b);
		bytes_svarint(b);
		set_reg(m, reg, HOW_OTHER, 0);
		break;
	case DW_CFA_expression:
		reg = bytes_varint(b);
		set_reg_expression(m, reg, bytes_sub(b, bytes_varint(b)));
		break;
	case DW_CFA_val_expression:
		reg = bytes_varint(b);
		bytes_skip(b, bytes_varint(b));
		set_reg(m, reg, HOW_OTHER, 0);
		break;
	case DW_CFA_def_cfa:
		reg = bytes_varint(b);
		set_cfa(m, reg, (i64)bytes_varint(b));
		break;
	case DW_CFA_def_cfa_sf:
		reg = bytes_varint(b);
		set_cfa_factored(m, reg, bytes_svarint(b));
		break;
	case DW_CFA_def_cfa_register:
		set_cfa(m, bytes_varint(b), m->now.cfa_offset);
		break;
	case DW_CFA_def_cfa_offset:
		set_cfa(m, m->now.cfa_reg, (i64)bytes_varint(b));
		break;
	case DW_CFA_def_cfa_offset_sf:
		set_cfa_factored(m, m->now.cfa_reg, bytes_svarint(b));
		break;
	case DW_CFA_def_cfa_expression:
		set_cfa_expression(m, bytes_sub(b, bytes_varint(b)));
		break;
	case DW_CFA_remember_state:
		if (m->depth == REMEMBER_MAX)
			m->bad = true;
		else
			m->saved[m->depth++] = m->now;
		break;
	case DW_CFA_restore_state:
		if (!m->depth)
			m->bad = true;
		else
			m->now = m->saved[--m->depth];
		break;
	case DW_CFA_GNU_args_size:
		bytes_varint(b);
		break;
	default: /* set_loc too: nobody writes it, and it would need the pointer encoding */
		m->bad = true;
	}
}

/* Runs to the next advance, which it returns in code units; 0 at the end. */
static u64 run(struct machine *m, struct bytes *b)
{
	while (bytes_left(b) && !m->bad && !b->bad) {
		u8 op = bytes_u8(b);
		u8 low = op & 0x3f;

		switch (op & 0xc0) {
		case DW_CFA_advance_loc:
			if (low)
				return low;
			continue;
		case DW_CFA_offset:
			set_reg_offset(m, low, (i64)bytes_varint(b));
			continue;
		case DW_CFA_restore:
			restore_reg(m, low);
			continue;
		}
		if (op >= DW_CFA_advance_loc1 && op <= DW_CFA_advance_loc4) {
			u64 delta = op == DW_CFA_advance_loc1 ? bytes_u8(b) :
				    op == DW_CFA_advance_loc2 ? bytes_u16(b) :
								bytes_u32(b);
			if (delta)
				return delta;
			continue;
		}
		run_rare(m, op, b);
	}
	m->bad |= b->bad;
	return 0;
}

static void machine_init(struct machine *m, const struct cie *cie)
{
	/* Not an initialiser: clearing m->saved for each function would be most of the work. */
	m->cie = cie;
	m->now = cie->initial;
	m->depth = 0;
	m->bad = false;
}

bool cfi_run_initial(struct cie *cie, struct bytes program)
{
	struct machine m;

	cie->initial = (struct cfi_state){ .cfa_reg = UINT64_MAX };
	machine_init(&m, cie);
	run(&m, &program); /* it does not advance; one that does ends there */
	cie->initial = m.now;
	cie->rule = encode(&m);
	cie->plain = (rule_kind(cie->rule) == RULE_RSP || rule_kind(cie->rule) == RULE_RBP) &&
		     cie->code_align == 1 && cie->data_align == -8;
	return !m.bad;
}

/* The bits of a rule that do not tell the CFA's offset; rbp's place. */
#define RULE_HEAD 0xfffu
#define RULE_RBP_BITS 0xff0u

struct plain { /* a program that only changes bits of a rule */
	const u8 *at, *end;
	u32 rule;
	u32 depth;
	u32 saved[REMEMBER_MAX];
};

/* An operand of one or two bytes; UINT32_MAX for others. */
static inline u32 plain_operand(struct plain *p)
{
	u32 value;

	if (p->at < p->end && *p->at < 0x80)
		return *p->at++;
	if (p->end - p->at < 2 || p->at[1] >= 0x80)
		return UINT32_MAX;
	value = (p->at[0] & 0x7fu) | (u32)p->at[1] << 7;
	p->at += 2;
	return value;
}

static inline bool plain_cfa_offset(struct plain *p)
{
	u32 offset = plain_operand(p);

	p->rule = (p->rule & RULE_HEAD) | offset / 8 << 12;
	return offset % 8 == 0;
}

static inline bool plain_cfa_register(struct plain *p)
{
	u32 reg = plain_operand(p);

	p->rule = (p->rule & ~15u) | (reg == REG_RSP ? RULE_RSP : RULE_RBP);
	return reg == REG_RSP || reg == REG_RBP;
}

static inline bool plain_offset(struct plain *p, u8 reg)
{
	u32 eighths = plain_operand(p);

	if (reg != REG_RBP)
		return reg != REG_RSP && reg != REG_RA && eighths != UINT32_MAX;
	p->rule = (p->rule & ~RULE_RBP_BITS) | (eighths & 0xff) << 4;
	return eighths >= RBP_SAVED && eighths <= RBP_MAX;
}

static inline bool plain_restore(struct plain *p, const struct cie *cie, u8 reg)
{
	if (reg == REG_RBP)
		p->rule = (p->rule & ~RULE_RBP_BITS) | (cie->rule & RULE_RBP_BITS);
	return reg != REG_RSP && reg != REG_RA;
}

/* One instruction that does not advance; false if it is of another kind. */
static inline bool plain_step(struct plain *p, const struct cie *cie, u8 op)
{
	if (op & 0xc0)
		return (op & 0xc0) == DW_CFA_offset ? plain_offset(p, op & 0x3f) :
						      plain_restore(p, cie, op & 0x3f);
	switch (op) {
	case DW_CFA_def_cfa_offset:
		return plain_cfa_offset(p);
	case DW_CFA_def_cfa_register:
		return plain_cfa_register(p);
	case DW_CFA_def_cfa:
		return plain_cfa_register(p) && plain_cfa_offset(p);
	case DW_CFA_nop:
		return true;
	case DW_CFA_remember_state:
		if (p->depth == REMEMBER_MAX)
			return false;
		p->saved[p->depth++] = p->rule;
		return true;
	case DW_CFA_restore_state:
		if (!p->depth)
			return false;
		p->rule = p->saved[--p->depth];
		return true;
	}
	return false;
}

/* The longer advances; false if it is not one. */
static inline bool plain_advance(struct plain *p, u8 op, u32 *delta)
{
	u32 bytes = op == DW_CFA_advance_loc1 ? 1 : op == DW_CFA_advance_loc2 ? 2 : 4;

	if (op < DW_CFA_advance_loc1 || op > DW_CFA_advance_loc4 || p->end - p->at < bytes)
		return false;
	*delta = 0;
	memcpy(delta, p->at, bytes);
	p->at += bytes;
	return true;
}

/*
 * Programs that only push registers and move the CFA, nearly all: the state is the rule itself. False
 * at the first instruction of another kind; then the rows so far are to be written again.
 */
static bool run_plain(const struct cie *cie, const struct fde *fde, u32 pc, u64 size,
		      struct rows *out)
{
	struct plain p = { .at = fde->program.at, .end = fde->program.end, .rule = cie->rule };
	u64 where = 0;

	while (p.at < p.end) {
		u8 op = *p.at++;
		u32 delta = op & 0x3f;

		if ((op & 0xc0) != DW_CFA_advance_loc && !plain_advance(&p, op, &delta)) {
			if (!plain_step(&p, cie, op))
				return false;
			continue;
		}
		if (!delta)
			continue;
		rows_add(out, pc + (u32)where, p.rule);
		where += delta;
		if (where >= size)
			return true;
	}
	rows_add(out, pc + (u32)where, p.rule);
	return true;
}

void cfi_run(const struct cie *cie, const struct fde *fde, u32 pc, u64 size, struct rows *out)
{
	struct bytes b = fde->program;
	struct machine m;
	u64 at = 0;

	if (cie->plain && run_plain(cie, fde, pc, size, out))
		return;
	machine_init(&m, cie);
	while (at < size) {
		u64 delta = run(&m, &b);

		rows_add(out, pc + (u32)at, encode(&m));
		if (!delta || __builtin_mul_overflow(delta, cie->code_align, &delta) ||
		    __builtin_add_overflow(at, delta, &at))
			break;
	}
}
