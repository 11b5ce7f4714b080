/* The decoder of records: every field of the ABI in every combination, and bytes that lie. */
#include "profiler/perf/formats.h"
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
		m.attr.sample_regs_user = random_under(2) ? USER_REGS_MASK :
							    random_word() & 0xffffff;
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
		  { UINT64_MAX / 8 + 2, 1 }, 2, false, false },
		{ "stack of no bytes has no dyn_size",
		  { .sample_type = PERF_SAMPLE_STACK_USER }, { 0 }, 1, true, false },
		{ "stack with a larger dyn_size",
		  { .sample_type = PERF_SAMPLE_STACK_USER }, { 8, 1, 9 }, 3, false, false },
		{ "stack of odd size",
		  { .sample_type = PERF_SAMPLE_STACK_USER }, { 5, 1, 2 }, 3, false, false },
		{ "raw that ends unaligned",
		  { .sample_type = PERF_SAMPLE_RAW }, { 5, 1 }, 2, false, false },
		{ "group of more counters than bytes",
		  { .sample_type = PERF_SAMPLE_READ, .read_format = PERF_FORMAT_GROUP },
		  { 1ull << 60, 1 }, 2, false, false },
		{ "user registers of a kernel thread",
		  { .sample_type = PERF_SAMPLE_REGS_USER, .sample_regs_user = USER_REGS_MASK },
		  { PERF_SAMPLE_REGS_ABI_NONE }, 1, true, false },
		{ "aux that goes on", { .sample_type = PERF_SAMPLE_AUX }, { 64, 1 }, 2, false, false },
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

static struct perf_event_attr usual_attr(void)
{
	return (struct perf_event_attr){
		.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
			       PERF_SAMPLE_TIME | PERF_SAMPLE_CPU,
		.sample_id_all = 1,
	};
}

/* Decodes the one record in buf, checks its sample_id, and frees nothing. */
static bool decode_other(struct buf *buf, struct record *out)
{
	struct perf_event_attr attr = usual_attr();
	struct record_format format;

	buf_sample_id(buf, attr.sample_type, 11, 12, 1300, 14, 3);
	record_end(buf, 0);
	record_format_init(&format, &attr, 0);
	if (!CHECK(record_decode(&format, buf->data, buf->len, out)))
		return false;
	CHECK_EQ(out->pid, 11);
	CHECK_EQ(out->tid, 12);
	CHECK_EQ(out->time, 1300);
	CHECK_EQ(out->id, 14);
	CHECK_EQ(out->cpu, 3);
	CHECK_EQ(format.time_back, 24);
	CHECK_EQ(record_other_id_back(&format), 8);
	return true;
}

static void put_map(struct buf *buf)
{
	buf_two(buf, 100, 101);
	buf_u64(buf, 0x7000);
	buf_u64(buf, 0x2000);
	buf_u64(buf, 0x1000);
}

static void check_map(const struct record *out, const char *path)
{
	CHECK_EQ(out->mmap.pid, 100);
	CHECK_EQ(out->mmap.tid, 101);
	CHECK_EQ(out->mmap.start, 0x7000);
	CHECK_EQ(out->mmap.len, 0x2000);
	CHECK_EQ(out->mmap.offset, 0x1000);
	CHECK_STR(out->mmap.path, path);
}

static void test_mmap(void)
{
	struct buf buf = { 0 };
	struct record out;

	record_begin(&buf, PERF_RECORD_MMAP, PERF_RECORD_MISC_USER);
	put_map(&buf);
	buf_padded(&buf, "/bin/thing");
	if (decode_other(&buf, &out)) {
		check_map(&out, "/bin/thing");
		CHECK_EQ(out.mmap.prot, 5);
		CHECK(!out.mmap.is_kernel);
	}

	buf.len = 0;
	record_begin(&buf, PERF_RECORD_MMAP, PERF_RECORD_MISC_KERNEL | PERF_RECORD_MISC_MMAP_DATA);
	put_map(&buf);
	buf_padded(&buf, "[kernel.kallsyms]_text");
	if (decode_other(&buf, &out)) {
		CHECK_EQ(out.mmap.prot, 1);
		CHECK(out.mmap.is_kernel);
	}
	buf_release(&buf);
}

static void test_mmap2(void)
{
	struct buf buf = { 0 };
	struct record out;

	record_begin(&buf, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER);
	put_map(&buf);
	buf_two(&buf, 8, 1);
	buf_u64(&buf, 4711);
	buf_u64(&buf, 99); /* generation */
	buf_two(&buf, 5, 2);
	buf_padded(&buf, "/lib/libc.so.6");
	if (decode_other(&buf, &out)) {
		check_map(&out, "/lib/libc.so.6");
		CHECK_EQ(out.mmap.maj, 8);
		CHECK_EQ(out.mmap.min, 1);
		CHECK_EQ(out.mmap.inode, 4711);
		CHECK_EQ(out.mmap.prot, 5);
		CHECK_EQ(out.mmap.build_id.size, 0);
	}

	buf.len = 0;
	record_begin(&buf, PERF_RECORD_MMAP2,
		     PERF_RECORD_MISC_USER | PERF_RECORD_MISC_MMAP_BUILD_ID);
	put_map(&buf);
	buf_u32(&buf, 20);
	for (u8 i = 0; i < 20; i++)
		buf_u8(&buf, (u8)(0xa0 + i));
	buf_two(&buf, 5, 2);
	buf_padded(&buf, "/lib/libc.so.6");
	if (decode_other(&buf, &out)) {
		check_map(&out, "/lib/libc.so.6");
		CHECK_EQ(out.mmap.build_id.size, 20);
		CHECK_EQ(out.mmap.build_id.bytes[0], 0xa0);
		CHECK_EQ(out.mmap.build_id.bytes[19], 0xb3);
		CHECK_EQ(out.mmap.inode, 0);
	}
	buf_release(&buf);
}

static void test_tasks(void)
{
	struct buf buf = { 0 };
	struct record out;

	record_begin(&buf, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC);
	buf_two(&buf, 5, 6);
	buf_padded(&buf, "worker");
	if (decode_other(&buf, &out)) {
		CHECK_EQ(out.comm.pid, 5);
		CHECK_EQ(out.comm.tid, 6);
		CHECK(out.comm.exec);
		CHECK_STR(out.comm.comm, "worker");
	}

	for (u32 type = PERF_RECORD_EXIT; type <= PERF_RECORD_FORK; type += 3) {
		buf.len = 0;
		record_begin(&buf, type, 0);
		buf_two(&buf, 5, 4);
		buf_two(&buf, 7, 3);
		buf_u64(&buf, 1300);
		if (decode_other(&buf, &out)) {
			CHECK_EQ(out.task.pid, 5);
			CHECK_EQ(out.task.ppid, 4);
			CHECK_EQ(out.task.tid, 7);
			CHECK_EQ(out.task.ptid, 3);
		}
	}
	buf_release(&buf);
}

static void test_losses(void)
{
	struct buf buf = { 0 };
	struct record out;

	record_begin(&buf, PERF_RECORD_LOST, 0);
	buf_u64(&buf, 14);
	buf_u64(&buf, 1234);
	if (decode_other(&buf, &out)) {
		CHECK_EQ(out.lost.count, 1234);
		CHECK(!out.lost.samples_only);
	}
	buf.len = 0;
	record_begin(&buf, PERF_RECORD_LOST_SAMPLES, 0);
	buf_u64(&buf, 55);
	if (decode_other(&buf, &out)) {
		CHECK_EQ(out.lost.count, 55);
		CHECK(out.lost.samples_only);
	}
	buf.len = 0;
	record_begin(&buf, PERF_RECORD_SWITCH_CPU_WIDE,
		     PERF_RECORD_MISC_SWITCH_OUT | PERF_RECORD_MISC_SWITCH_OUT_PREEMPT);
	buf_two(&buf, 21, 22);
	if (decode_other(&buf, &out)) {
		CHECK(out.context_switch.out);
		CHECK(out.context_switch.preempted);
		CHECK_EQ(out.context_switch.other_tid, 22);
	}
	buf_release(&buf);
}

static void test_symbols_and_chains(void)
{
	struct buf buf = { 0 };
	struct record out;

	record_begin(&buf, PERF_RECORD_KSYMBOL, 0);
	buf_u64(&buf, 0xffffffffc0001000);
	buf_u32(&buf, 512);
	buf_u16(&buf, 1);
	buf_u16(&buf, PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER);
	buf_padded(&buf, "bpf_prog_1");
	if (decode_other(&buf, &out)) {
		CHECK_EQ(out.ksymbol.addr, (i64)0xffffffffc0001000);
		CHECK_EQ(out.ksymbol.len, 512);
		CHECK(out.ksymbol.unregister);
		CHECK_STR(out.ksymbol.name, "bpf_prog_1");
	}
	buf.len = 0;
	record_begin(&buf, RECORD_CALLCHAIN_DEFERRED, 0);
	buf_u64(&buf, 77);
	buf_u64(&buf, 2);
	buf_u64(&buf, 0x1111);
	buf_u64(&buf, 0x2222);
	if (decode_other(&buf, &out)) {
		CHECK_EQ(out.deferred.cookie, 77);
		CHECK_EQ(out.deferred.chain_len, 2);
		CHECK_EQ(out.deferred.chain[1], 0x2222);
	}
	/* A type of the future is told by its number and its sample_id. */
	buf.len = 0;
	record_begin(&buf, 63, 0);
	buf_u64(&buf, 1);
	if (decode_other(&buf, &out))
		CHECK_EQ(out.type, 63);
	buf_release(&buf);
}

/* A string without its NUL, bodies too short for their fields and for the sample_id. */
static void test_bad_others(void)
{
	static const u32 types[] = { PERF_RECORD_MMAP,	  PERF_RECORD_MMAP2,	    PERF_RECORD_COMM,
				     PERF_RECORD_FORK,	  PERF_RECORD_EXIT,	    PERF_RECORD_LOST,
				     PERF_RECORD_KSYMBOL, PERF_RECORD_THROTTLE,
				     PERF_RECORD_LOST_SAMPLES, RECORD_CALLCHAIN_DEFERRED };
	struct perf_event_attr attr = usual_attr();
	struct record_format format;
	struct record out;

	record_format_init(&format, &attr, 0);
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		for (unsigned words = 0; words < 4; words++) {
			struct buf buf = { 0 };

			/* The sample_id needs four words: no body at all is left. */
			record_begin(&buf, types[i], 0);
			for (unsigned w = 0; w < words; w++)
				buf_u64(&buf, UINT64_MAX);
			record_end(&buf, 0);
			CHECK(!record_decode(&format, buf.data, buf.len, &out));
			buf_release(&buf);
		}
	}
	attr.sample_id_all = 0;
	record_format_init(&format, &attr, 0);
	for (size_t i = 0; i < 3; i++) {
		struct buf buf = { 0 };

		record_begin(&buf, types[i], 0);
		for (unsigned w = 0; w < 12; w++)
			buf_u64(&buf, UINT64_MAX);
		record_end(&buf, 0);
		CHECK(!record_decode(&format, buf.data, buf.len, &out));
		buf_release(&buf);
	}
}

/* Two events in one stream, told apart by their ids, in samples and in the rest. */
static void test_formats(void)
{
	struct perf_event_attr attr = usual_attr();
	struct formats formats = { 0 };
	struct buf buf = { 0 };

	formats_add(&formats, &attr);
	formats_add(&formats, &attr);
	formats_add_id(&formats, 90, 1);
	formats_add_id(&formats, 10, 0);
	formats_add_id(&formats, 50, 1);
	formats_sort(&formats);
	for (u64 id = 0; id <= 100; id += 10) {
		u32 want = id == 50 || id == 90;

		buf.len = 0;
		record_begin(&buf, PERF_RECORD_SAMPLE, 0);
		buf_u64(&buf, id);
		for (unsigned i = 0; i < 4; i++)
			buf_u64(&buf, 50);
		record_end(&buf, 0);
		CHECK_EQ(formats_of(&formats, buf.data)->event, want);

		buf.len = 0;
		record_begin(&buf, PERF_RECORD_COMM, 0);
		buf_two(&buf, 1, 1);
		buf_padded(&buf, "name");
		buf_sample_id(&buf, attr.sample_type, 50, 50, 50, id, 50);
		record_end(&buf, 0);
		CHECK_EQ(formats_of(&formats, buf.data)->event, want);
	}
	buf_release(&buf);
	formats_release(&formats);
}

int main(void)
{
	test_any_format();
	test_odd_samples();
	test_mmap();
	test_mmap2();
	test_tasks();
	test_losses();
	test_symbols_and_chains();
	test_bad_others();
	test_formats();
	return check_done();
}
