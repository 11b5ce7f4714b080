/* PERF_RECORD_SAMPLE: its fields in the order of the ABI, one row of a table each. */
#include <stddef.h>

#include "profiler/perf/record_private.h"

struct reader {
	struct bytes in;
	const struct record_format *format;
	struct sample *sample;
	bool empty_has_index; /* assume that a branch stack of no entries comes with its hw_idx */
	bool saw_empty; /* that assumption was needed */
};

static void fail(struct reader *r)
{
	r->in.bad = true;
	r->in.at = r->in.end;
}

/* `size` bytes that keep what follows aligned to 8; NULL and failure otherwise. */
static const u8 *take_aligned(struct reader *r, u64 size)
{
	const u8 *at = size % 8 ? NULL : bytes_take(&r->in, size);

	if (!at)
		fail(r);
	return at;
}

static void take_tid(struct reader *r)
{
	r->sample->pid = bytes_u32(&r->in);
	r->sample->tid = bytes_u32(&r->in);
}

static void take_cpu(struct reader *r)
{
	r->sample->cpu = bytes_u32(&r->in);
	bytes_skip(&r->in, 4);
}

static void take_read(struct reader *r)
{
	u64 format = r->format->read_format;
	u64 times = (format & PERF_FORMAT_TOTAL_TIME_ENABLED ? 1 : 0) +
		    (format & PERF_FORMAT_TOTAL_TIME_RUNNING ? 1 : 0);
	u64 each = 1 + (format & PERF_FORMAT_ID ? 1 : 0) + (format & PERF_FORMAT_LOST ? 1 : 0);
	u64 count = format & PERF_FORMAT_GROUP ? bytes_u64(&r->in) : 1;

	if (count > bytes_left(&r->in) / 8)
		fail(r);
	else
		bytes_skip(&r->in, (times + count * each) * 8);
}

static void take_chain(struct reader *r)
{
	u64 count = bytes_u64(&r->in);

	if (count > bytes_left(&r->in) / sizeof(u64)) {
		fail(r);
		return;
	}
	r->sample->chain = (const void *)take_aligned(r, count * sizeof(u64));
	r->sample->chain_len = count;
}

static void take_raw(struct reader *r)
{
	u32 size = bytes_u32(&r->in);
	/* The kernel pads so that the size word and the data end at a multiple of 8. */
	const u8 *at = (size + 4ull) % 8 ? NULL : bytes_take(&r->in, size);

	if (!at)
		fail(r);
	r->sample->raw = at;
	r->sample->raw_size = at ? size : 0;
}

/*
 * {nr, hw_idx if it was asked for, entries, counters if they were asked for}. A sample that has no
 * branch stack at all is written as nr = 0 alone, without hw_idx, although an empty stack that the
 * hardware did deliver has one (perf_output_sample() in kernel/events/core.c); only the record's
 * size tells them apart.
 */
static void take_branches(struct reader *r)
{
	u64 count = bytes_u64(&r->in);
	u64 type = r->format->branch_type;

	if (count > bytes_left(&r->in) / sizeof(struct perf_branch_entry)) {
		fail(r);
		return;
	}
	if (type & PERF_SAMPLE_BRANCH_HW_INDEX) {
		r->saw_empty |= count == 0;
		if (count || r->empty_has_index) {
			r->sample->hw_idx = bytes_u64(&r->in);
			r->sample->has_hw_idx = true;
		}
	}
	r->sample->branches =
		(const void *)take_aligned(r, count * sizeof(struct perf_branch_entry));
	r->sample->branches_len = count;
	r->sample->are_calls = type & PERF_SAMPLE_BRANCH_CALL_STACK;
	if (type & PERF_SAMPLE_BRANCH_COUNTERS)
		take_aligned(r, count * sizeof(u64));
}

static void take_user_regs(struct reader *r)
{
	struct user_regs *regs = &r->sample->regs;
	u64 abi = bytes_u64(&r->in), mask = r->format->regs_user;

	regs->asked = true;
	if (abi == PERF_SAMPLE_REGS_ABI_NONE)
		return;
	regs->is_32bit = abi == PERF_SAMPLE_REGS_ABI_32;
	regs->valid = abi == PERF_SAMPLE_REGS_ABI_64 && (mask & USER_REGS_MASK) != 0;
	for (; mask; mask &= mask - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(mask);
		u64 value = bytes_u64(&r->in);

		/* asm/perf_regs.h: AX … IP are 0 … 8, then seven of flags and segments. */
		if (bit <= UREG_IP)
			regs->reg[bit] = value;
		else if (bit >= 16 && bit < 16 + 8)
			regs->reg[UREG_R8 + bit - 16] = value;
	}
}

static void take_user_stack(struct reader *r)
{
	struct sample *sample = r->sample;
	u64 size = bytes_u64(&r->in);

	/* Of size 0 (kernel threads, exec): no bytes, and no dyn_size either. */
	if (size == 0)
		return;
	sample->stack = take_aligned(r, size);
	sample->stack_asked = size;
	sample->stack_size = bytes_u64(&r->in);
	if (sample->stack_size > size)
		fail(r);
}

static void take_intr_regs(struct reader *r)
{
	if (bytes_u64(&r->in) != PERF_SAMPLE_REGS_ABI_NONE)
		bytes_skip(&r->in, 8u * (unsigned)__builtin_popcountll(r->format->regs_intr));
}

static void take_aux(struct reader *r)
{
	u64 size = bytes_u64(&r->in);

	take_aligned(r, size);
}

#define WORD(field) .word = offsetof(struct sample, field) + 1
#define SKIPPED .word = 0

static const struct {
	u64 types; /* present if any of these is set */
	void (*take)(struct reader *r); /* NULL: one word */
	size_t word; /* where it goes in struct sample, plus 1; 0: nowhere */
} fields[] = {
	{ PERF_SAMPLE_IDENTIFIER, NULL, WORD(id) },
	{ PERF_SAMPLE_IP, NULL, WORD(ip) },
	{ PERF_SAMPLE_TID, take_tid, SKIPPED },
	{ PERF_SAMPLE_TIME, NULL, WORD(time) },
	{ PERF_SAMPLE_ADDR, NULL, WORD(addr) },
	{ PERF_SAMPLE_ID, NULL, WORD(id) },
	{ PERF_SAMPLE_STREAM_ID, NULL, SKIPPED },
	{ PERF_SAMPLE_CPU, take_cpu, SKIPPED },
	{ PERF_SAMPLE_PERIOD, NULL, WORD(period) },
	{ PERF_SAMPLE_READ, take_read, SKIPPED },
	{ PERF_SAMPLE_CALLCHAIN, take_chain, SKIPPED },
	{ PERF_SAMPLE_RAW, take_raw, SKIPPED },
	{ PERF_SAMPLE_BRANCH_STACK, take_branches, SKIPPED },
	{ PERF_SAMPLE_REGS_USER, take_user_regs, SKIPPED },
	{ PERF_SAMPLE_STACK_USER, take_user_stack, SKIPPED },
	{ PERF_SAMPLE_WEIGHT_TYPE, NULL, SKIPPED },
	{ PERF_SAMPLE_DATA_SRC, NULL, SKIPPED },
	{ PERF_SAMPLE_TRANSACTION, NULL, SKIPPED },
	{ PERF_SAMPLE_REGS_INTR, take_intr_regs, SKIPPED },
	{ PERF_SAMPLE_PHYS_ADDR, NULL, SKIPPED },
	{ PERF_SAMPLE_CGROUP, NULL, SKIPPED },
	{ PERF_SAMPLE_DATA_PAGE_SIZE, NULL, SKIPPED },
	{ PERF_SAMPLE_CODE_PAGE_SIZE, NULL, SKIPPED },
	{ PERF_SAMPLE_AUX, take_aux, SKIPPED },
};

static const u8 spaces[PERF_RECORD_MISC_CPUMODE_MASK + 1] = {
	[PERF_RECORD_MISC_CPUMODE_UNKNOWN] = SPACE_USER,
	[PERF_RECORD_MISC_KERNEL] = SPACE_KERNEL,
	[PERF_RECORD_MISC_USER] = SPACE_USER,
	[PERF_RECORD_MISC_HYPERVISOR] = SPACE_KERNEL,
	[PERF_RECORD_MISC_GUEST_KERNEL] = SPACE_GUEST,
	[PERF_RECORD_MISC_GUEST_USER] = SPACE_GUEST,
};

static struct reader read_fields(const struct record_format *format, struct bytes body,
				 struct record *out, bool empty_has_index)
{
	struct reader r = {
		.in = body,
		.format = format,
		.sample = &out->sample,
		.empty_has_index = empty_has_index,
	};

	out->sample = (struct sample){
		.event = format->event,
		.misc = out->misc,
		.space = spaces[out->misc & PERF_RECORD_MISC_CPUMODE_MASK],
	};
	for (size_t i = 0; i < ARRAY_LEN(fields) && !r.in.bad; i++) {
		if (!(format->sample_type & fields[i].types))
			continue;
		if (fields[i].take) {
			fields[i].take(&r);
			continue;
		}
		u64 value = bytes_u64(&r.in);
		if (fields[i].word)
			*(u64 *)((char *)&out->sample + fields[i].word - 1) = value;
	}
	return r;
}

bool record_decode_sample(const struct record_format *format, struct bytes body, struct record *out)
{
	struct reader r = read_fields(format, body, out, false);

	if (r.saw_empty && (r.in.bad || bytes_left(&r.in)))
		r = read_fields(format, body, out, true);
	if (r.in.bad)
		return false;
	out->time = out->sample.time;
	out->id = out->sample.id;
	out->cpu = out->sample.cpu;
	out->pid = out->sample.pid;
	out->tid = out->sample.tid;
	return true;
}
