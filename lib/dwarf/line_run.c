/*
 * The line number machine, run once for many addresses.
 *
 * Nothing is stored for a row: the addresses asked for are sorted, and each step from one row to
 * the next takes those in between. A sequence's addresses only grow, so one cursor is enough.
 */
#include "lib/dwarf/line.h"

#include <dwarf.h>

#include "lib/dwarf/unit.h"

struct machine {
	const struct line_header *lines;
	u64 lowest_code;
	/* The state registers, DWARF 5 §6.2.2. */
	u64 address;
	u64 file, line, column;
	/* The row before, which reaches up to the next one. */
	struct line_place row;
	bool in_sequence;
	/* What is asked for. */
	const u64 *vaddrs;
	struct line_place *places;
	u32 count;
	u32 cursor; /* the first address that is not below the row before */
};

static u32 first_at_least(const struct machine *m, u64 address)
{
	u32 low = 0, high = m->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (m->vaddrs[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void start_sequence(struct machine *m)
{
	m->address = 0;
	m->file = 1;
	m->line = 1;
	m->column = 0;
	m->in_sequence = false;
	m->cursor = m->count;
}

/* The row before ends here. */
static void take_addresses(struct machine *m)
{
	for (; m->cursor < m->count && m->vaddrs[m->cursor] < m->address; m->cursor++)
		if (m->places[m->cursor].file == NO_ID)
			m->places[m->cursor] = m->row;
}

static inline void emit_row(struct machine *m)
{
	if (m->in_sequence) {
		if (m->cursor < m->count && m->vaddrs[m->cursor] < m->address)
			take_addresses(m);
	} else {
		m->in_sequence = true;
		m->cursor = m->address >= m->lowest_code ? first_at_least(m, m->address) : m->count;
	}
	m->row.file = (u32)m->file;
	m->row.line = (u32)m->line;
	m->row.column = (u32)m->column;
}

static void run_extended(struct machine *m, struct bytes *at)
{
	struct bytes body = bytes_sub(at, bytes_varint(at));

	switch (bytes_u8(&body)) {
	case DW_LNE_end_sequence:
		if (m->in_sequence)
			take_addresses(m);
		start_sequence(m);
		break;
	case DW_LNE_set_address:
		m->address = bytes_left(&body) == 4 ? bytes_u32(&body) : bytes_u64(&body);
		break;
	}
}

static void skip_operands(const struct machine *m, u8 opcode, struct bytes *at)
{
	for (u8 i = m->lines->lengths[opcode - 1]; i > 0 && !at->bad; i--)
		bytes_varint(at);
}

static void run_standard(struct machine *m, u8 opcode, struct bytes *at)
{
	const struct line_header *lines = m->lines;

	switch (opcode) {
	case DW_LNS_copy:
		emit_row(m);
		break;
	case DW_LNS_advance_pc:
		m->address += bytes_varint(at) * lines->instruction_size;
		break;
	case DW_LNS_advance_line:
		m->line += (u64)bytes_svarint(at);
		break;
	case DW_LNS_set_file:
		m->file = bytes_varint(at);
		break;
	case DW_LNS_set_column:
		m->column = bytes_varint(at);
		break;
	case DW_LNS_negate_stmt:
	case DW_LNS_set_basic_block:
	case DW_LNS_set_prologue_end:
	case DW_LNS_set_epilogue_begin:
		break;
	case DW_LNS_const_add_pc:
		m->address += (u64)((255 - lines->opcode_base) / lines->line_range) *
			      lines->instruction_size;
		break;
	case DW_LNS_fixed_advance_pc:
		m->address += bytes_u16(at);
		break;
	default:
		skip_operands(m, opcode, at);
	}
}

static void run_special(struct machine *m, u8 opcode)
{
	const struct line_header *lines = m->lines;
	u8 adjusted = (u8)(opcode - lines->opcode_base);

	m->address += (u64)(adjusted / lines->line_range) * lines->instruction_size;
	m->line += (u64)(i64)(lines->line_base + adjusted % lines->line_range);
	emit_row(m);
}

void line_run(struct unit *unit, const u64 *vaddrs, u32 count, struct line_place *places)
{
	const struct line_header *lines = unit_lines(unit);
	struct machine m = {
		.lines = lines,
		.lowest_code = unit->file->lowest_code,
		.vaddrs = vaddrs,
		.places = places,
		.count = count,
	};
	struct bytes at;

	if (!lines || !budget_take(&unit->file->line_budget, bytes_left(&lines->program)))
		return;
	at = lines->program;
	start_sequence(&m);
	while (bytes_left(&at)) {
		u8 opcode = bytes_u8(&at);

		if (opcode >= lines->opcode_base)
			run_special(&m, opcode);
		else if (opcode)
			run_standard(&m, opcode, &at);
		else
			run_extended(&m, &at);
	}
}
