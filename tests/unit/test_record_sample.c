/* PERF_RECORD_SAMPLE: every field of the ABI in every combination, and words that lie. */
#include "profiler/perf/record.h"

#include "tests/unit/check.h"
#include "tests/unit/records.h"

/* What a random sample was made of. */
struct made {
	struct perf_event_attr attr;
	struct buf bytes;
	u64 ip, time, addr, id, period, chain_len, raw_size, branches, hw_idx, abi, stack, dyn;
	u32 pid, tid, cpu;
	u64 reg[64];
	size_t chain_at, raw_at, branches_at, stack_at;
};

static void put_words(struct buf *buf, u64 count)
{
	while (count--)
		buf_u64(buf, random_word());
}

static void put_read(struct made *m)
{
	u64 format = m->attr.read_format, group = format & PERF_FORMAT_GROUP;
	u64 count = group ? random_under(4) : 1;

	if (group)
		buf_u64(&m->bytes, count);
	put_words(&m->bytes, (format & PERF_FORMAT_TOTAL_TIME_ENABLED ? 1 : 0) +
				     (format & PERF_FORMAT_TOTAL_TIME_RUNNING ? 1 : 0));
	while (count--)
		put_words(&m->bytes, 1 + (format & PERF_FORMAT_ID ? 1 : 0) +
					     (format & PERF_FORMAT_LOST ? 1 : 0));
}

static void put_branches(struct made *m)
{
	u64 type = m->attr.branch_sample_type;

	m->branches = random_under(5);
	buf_u64(&m->bytes, m->branches);
	m->hw_idx = random_under(32);
	if (type & PERF_SAMPLE_BRANCH_HW_INDEX)
		buf_u64(&m->bytes, m->hw_idx);
	m->branches_at = m->bytes.len;
	put_words(&m->bytes, 3 * m->branches);
	if (type & PERF_SAMPLE_BRANCH_COUNTERS)
		put_words(&m->bytes, m->branches);
}

static void put_regs(struct made *m, u64 mask, bool user)
{
	u64 abi = random_under(3);

	if (user)
		m->abi = abi;
	buf_u64(&m->bytes, abi);
	for (unsigned bit = 0; bit < 64 && abi; bit++) {
		u64 value = random_word();

		if (!(mask >> bit & 1))
			continue;
		if (user)
			m->reg[bit] = value;
		buf_u64(&m->bytes, value);
	}
}

static void put_stack(struct made *m)
{
	m->stack = 8 * random_under(4);
	buf_u64(&m->bytes, m->stack);
	m->stack_at = m->bytes.len;
	put_words(&m->bytes, m->stack / 8);
	m->dyn = m->stack ? random_under(m->stack + 1) : 0;
	if (m->stack)
		buf_u64(&m->bytes, m->dyn);
}

/* Written from the comment in linux/perf_event.h, not from the decoder. */
static void make_sample(struct made *m)
{
	u64 type = m->attr.sample_type;
	struct buf *buf = &m->bytes;
	size_t at = record_begin(buf, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);

	m->ip = random_word(), m->time = random_word(), m->addr = random_word();
	m->id = random_word(), m->period = random_word();
	m->pid = (u32)random_word(), m->tid = (u32)random_word(), m->cpu = (u32)random_word();
	if (type & PERF_SAMPLE_IDENTIFIER)
		buf_u64(buf, m->id);
	if (type & PERF_SAMPLE_IP)
		buf_u64(buf, m->ip);
	if (type & PERF_SAMPLE_TID)
		buf_two(buf, m->pid, m->tid);
	if (type & PERF_SAMPLE_TIME)
		buf_u64(buf, m->time);
	if (type & PERF_SAMPLE_ADDR)
		buf_u64(buf, m->addr);
	if (type & PERF_SAMPLE_ID)
		buf_u64(buf, m->id);
	if (type & PERF_SAMPLE_STREAM_ID)
		put_words(buf, 1);
	if (type & PERF_SAMPLE_CPU)
		buf_two(buf, m->cpu, 0);
	if (type & PERF_SAMPLE_PERIOD)
		buf_u64(buf, m->period);
	if (type & PERF_SAMPLE_READ)
		put_read(m);
	if (type & PERF_SAMPLE_CALLCHAIN) {
		buf_u64(buf, m->chain_len = random_under(6));
		m->chain_at = buf->len;
		put_words(buf, m->chain_len);
	}
	if (type & PERF_SAMPLE_RAW) {
		m->raw_size = 4 + 8 * random_under(4);
		buf_u32(buf, (u32)m->raw_size);
		m->raw_at = buf->len;
		for (u64 i = 0; i < m->raw_size; i++)
			buf_u8(buf, (u8)random_word());
	}
	if (type & PERF_SAMPLE_BRANCH_STACK)
		put_branches(m);
	if (type & PERF_SAMPLE_REGS_USER)
		put_regs(m, m->attr.sample_regs_user, true);
	if (type & PERF_SAMPLE_STACK_USER)
		put_stack(m);
	if (type & (PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT))
		put_words(buf, 1);
	if (type & PERF_SAMPLE_DATA_SRC)
		put_words(buf, 1);
	if (type & PERF_SAMPLE_TRANSACTION)
		put_words(buf, 1);
	if (type & PERF_SAMPLE_REGS_INTR)
		put_regs(m, m->attr.sample_regs_intr, false);
	if (type & PERF_SAMPLE_PHYS_ADDR)
		put_words(buf, 1);
	if (type & PERF_SAMPLE_CGROUP)
		put_words(buf, 1);
	if (type & PERF_SAMPLE_DATA_PAGE_SIZE)
		put_words(buf, 1);
	if (type & PERF_SAMPLE_CODE_PAGE_SIZE)
		put_words(buf, 1);
	if (type & PERF_SAMPLE_AUX) {
		u64 words = random_under(3);

		buf_u64(buf, 8 * words);
		put_words(buf, words);
	}
	record_end(buf, at);
}

static void check_words(const struct made *m, const struct sample *s)
{
	u64 type = m->attr.sample_type;

	CHECK_EQ(s->ip, type & PERF_SAMPLE_IP ? m->ip : 0);
	CHECK_EQ(s->time, type & PERF_SAMPLE_TIME ? m->time : 0);
	CHECK_EQ(s->addr, type & PERF_SAMPLE_ADDR ? m->addr : 0);
	CHECK_EQ(s->period, type & PERF_SAMPLE_PERIOD ? m->period : 0);
	CHECK_EQ(s->pid, type & PERF_SAMPLE_TID ? m->pid : 0);
	CHECK_EQ(s->tid, type & PERF_SAMPLE_TID ? m->tid : 0);
	CHECK_EQ(s->cpu, type & PERF_SAMPLE_CPU ? m->cpu : 0);
	CHECK_EQ(s->id, type & (PERF_SAMPLE_ID | PERF_SAMPLE_IDENTIFIER) ? m->id : 0);
}

static void check_views(const struct made *m, const struct sample *s)
{
	u64 type = m->attr.sample_type, branch_type = m->attr.branch_sample_type;
	const u8 *base = m->bytes.data;

	CHECK_EQ(s->chain_len, m->chain_len);
	if (type & PERF_SAMPLE_CALLCHAIN)
		CHECK((const u8 *)s->chain == base + m->chain_at);
	CHECK_EQ(s->raw_size, m->raw_size);
	if (type & PERF_SAMPLE_RAW)
		CHECK(s->raw == base + m->raw_at);
	CHECK_EQ(s->branches_len, m->branches);
	if (type & PERF_SAMPLE_BRANCH_STACK) {
		CHECK((const u8 *)s->branches == base + m->branches_at);
		CHECK_EQ(s->has_hw_idx, !!(branch_type & PERF_SAMPLE_BRANCH_HW_INDEX));
		CHECK_EQ(s->hw_idx, s->has_hw_idx ? m->hw_idx : 0);
	}
	CHECK_EQ(s->stack_asked, m->stack);
	CHECK_EQ(s->stack_size, m->dyn);
	if (m->stack)
		CHECK(s->stack == base + m->stack_at);
}

static void check_regs(const struct made *m, const struct sample *s)
{
	u64 mask = m->attr.sample_type & PERF_SAMPLE_REGS_USER ? m->attr.sample_regs_user : 0;

	CHECK_EQ(s->regs.valid, (mask & USER_REGS_MASK) && m->abi == PERF_SAMPLE_REGS_ABI_64);
	if (m->abi == PERF_SAMPLE_REGS_ABI_NONE)
		mask = 0;
	/* asm/perf_regs.h: AX BX CX DX SI DI BP SP IP FLAGS CS SS DS ES FS GS R8 … R15 */
	for (unsigned i = 0; i < 9; i++)
		CHECK_EQ(s->regs.reg[UREG_AX + i], mask >> i & 1 ? m->reg[i] : 0);
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(s->regs.reg[UREG_R8 + i], mask >> (16 + i) & 1 ? m->reg[16 + i] : 0);
}

/* Whatever is asked for comes back; and cut anywhere, the record is refused. */
static void test_any_format(void)
{
	for (unsigned round = 0; round < 3000; round++) {
		struct made m = { 0 };
		struct record_format format;
		struct record out;
		u64 mask = (1ull << 25) - 1;

		m.attr.sample_type = round < 25 ? 1ull << round : random_word() & mask;
		m.attr.read_format = random_under(32);
		m.attr.branch_sample_type =
			random_word() & (PERF_SAMPLE_BRANCH_HW_INDEX | PERF_SAMPLE_BRANCH_COUNTERS);
		m.attr.sample_regs_user =
			random_under(2) ? USER_REGS_MASK : random_word() & 0xffffff;
		m.attr.sample_regs_intr = random_word() & 0xffffff;
		make_sample(&m);
		record_format_init(&format, &m.attr, 7);
		if (CHECK(record_decode(&format, m.bytes.data, m.bytes.len, &out))) {
			CHECK_EQ(out.type, PERF_RECORD_SAMPLE);
			CHECK_EQ(out.sample.event, 7);
			CHECK_EQ(out.sample.space, SPACE_USER);
			check_words(&m, &out.sample);
			check_views(&m, &out.sample);
			check_regs(&m, &out.sample);
		}
		if (format.time_at)
			CHECK_MEM(m.bytes.data + format.time_at, &m.time, 8);
		if (record_sample_id_at(&format))
			CHECK_MEM(m.bytes.data + record_sample_id_at(&format), &m.id, 8);
		for (size_t size = 0; size < m.bytes.len; size += 4)
			CHECK(!record_decode(&format, m.bytes.data, size, &out));
		for (size_t size = 8; size < m.bytes.len; size += 8) {
			u16 claimed = (u16)size;

			/* Shorter than its fields, unless the cut hides in an optional hw_idx. */
			if (m.attr.branch_sample_type & PERF_SAMPLE_BRANCH_HW_INDEX)
				break;
			memcpy(m.bytes.data + 6, &claimed, sizeof claimed);
			CHECK(!record_decode(&format, m.bytes.data, m.bytes.len, &out));
		}
		buf_release(&m.bytes);
	}
}

static void decode_words(const u64 *words, size_t count, const struct perf_event_attr *attr,
			 struct record *out, bool *ok)
{
	struct buf buf = { 0 };
	struct record_format format;
	size_t at = record_begin(&buf, PERF_RECORD_SAMPLE, 0);

	buf_put(&buf, words, count * sizeof *words);
	record_end(&buf, at);
	record_format_init(&format, attr, 0);
	*ok = record_decode(&format, buf.data, buf.len, out);
	buf_release(&buf);
}

/* Samples whose words lie, or are special: one row each. */
static void test_odd_samples(void)
{
#define BRANCHES .sample_type = PERF_SAMPLE_BRANCH_STACK | PERF_SAMPLE_WEIGHT
#define INDEXED BRANCHES, .branch_sample_type = PERF_SAMPLE_BRANCH_HW_INDEX
	static const struct {
		const char *what;
		struct perf_event_attr attr;
		u64 words[8];
		size_t count;
		bool ok, has_index;
	} rows[] = {
		{ "no stack: nr alone", { INDEXED }, { 0, 1 }, 2, true, false },
		{ "empty stack with hw_idx", { INDEXED }, { 0, 9, 1 }, 3, true, true },
		{ "no hw_idx asked for", { BRANCHES }, { 0, 1 }, 2, true, false },
		{ "one entry", { INDEXED }, { 1, 5, 10, 20, 0, 1 }, 6, true, true },
		{ "more entries than bytes", { INDEXED }, { 3, 5, 10, 20, 0, 1 }, 6, false, false },
		{ "entries that overflow", { INDEXED }, { 1ull << 61, 5, 1 }, 3, false, false },
		{ "chain that overflows",
		  { .sample_type = PERF_SAMPLE_CALLCHAIN },
		  { UINT64_MAX / 8 + 2, 1 },
		  2,
		  false,
		  false },
		{ "stack of no bytes has no dyn_size",
		  { .sample_type = PERF_SAMPLE_STACK_USER },
		  { 0 },
		  1,
		  true,
		  false },
		{ "stack with a larger dyn_size",
		  { .sample_type = PERF_SAMPLE_STACK_USER },
		  { 8, 1, 9 },
		  3,
		  false,
		  false },
		{ "stack of odd size",
		  { .sample_type = PERF_SAMPLE_STACK_USER },
		  { 5, 1, 2 },
		  3,
		  false,
		  false },
		{ "raw that ends unaligned",
		  { .sample_type = PERF_SAMPLE_RAW },
		  { 5, 1 },
		  2,
		  false,
		  false },
		{ "group of more counters than bytes",
		  { .sample_type = PERF_SAMPLE_READ, .read_format = PERF_FORMAT_GROUP },
		  { 1ull << 60, 1 },
		  2,
		  false,
		  false },
		{ "user registers of a kernel thread",
		  { .sample_type = PERF_SAMPLE_REGS_USER, .sample_regs_user = USER_REGS_MASK },
		  { PERF_SAMPLE_REGS_ABI_NONE },
		  1,
		  true,
		  false },
		{ "aux that goes on",
		  { .sample_type = PERF_SAMPLE_AUX },
		  { 64, 1 },
		  2,
		  false,
		  false },
	};
	struct record out;
	bool ok;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		decode_words(rows[i].words, rows[i].count, &rows[i].attr, &out, &ok);
		check_that_(ok == rows[i].ok, __FILE__, __LINE__, "%s: %s", rows[i].what,
			    ok ? "accepted" : "refused");
		if (ok)
			check_that_(out.sample.has_hw_idx == rows[i].has_index, __FILE__, __LINE__,
				    "%s: hw_idx", rows[i].what);
	}
}

int main(void)
{
	test_any_format();
	test_odd_samples();
	return check_done();
}
