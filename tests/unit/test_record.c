/* The decoder of all records but samples, bytes that lie, and whose format a record has. */
#include "profiler/perf/formats.h"
#include "profiler/perf/record.h"

#include "tests/unit/check.h"
#include "tests/unit/records.h"

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

/* The bit that says "build id" may be another event's: the attr and the bytes decide. */
static void test_leaked_bit(void)
{
	static const struct {
		bool asked;
		u32 first; /* major number, or size and reserved bytes */
		u8 size; /* of the build id; 0: device and inode */
	} rows[] = {
		{ false, 254, 0 }, { false, 8, 0 },   { false, 0, 0 },	{ false, 20, 20 },
		{ false, 16, 16 }, { false, 259, 0 }, { true, 20, 20 }, { true, 8, 8 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct perf_event_attr attr = usual_attr();
		struct record_format format;
		struct buf buf = { 0 };
		struct record out;

		record_begin(&buf, PERF_RECORD_MMAP2,
			     PERF_RECORD_MISC_USER | PERF_RECORD_MISC_MMAP_BUILD_ID);
		put_map(&buf);
		buf_two(&buf, rows[i].first, 0);
		buf_u64(&buf, 4711);
		buf_u64(&buf, 0);
		buf_two(&buf, 5, 2);
		buf_padded(&buf, "/bin/x");
		buf_sample_id(&buf, attr.sample_type, 11, 12, 1300, 14, 3);
		record_end(&buf, 0);
		attr.build_id = rows[i].asked;
		record_format_init(&format, &attr, 0);
		if (CHECK(record_decode(&format, buf.data, buf.len, &out))) {
			CHECK_EQ(out.mmap.build_id.size, rows[i].size);
			CHECK_EQ(out.mmap.inode, rows[i].size ? 0 : 4711);
		}
		buf_release(&buf);
	}
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
	static const u32 types[] = { PERF_RECORD_MMAP,	       PERF_RECORD_MMAP2,
				     PERF_RECORD_COMM,	       PERF_RECORD_FORK,
				     PERF_RECORD_EXIT,	       PERF_RECORD_LOST,
				     PERF_RECORD_KSYMBOL,      PERF_RECORD_THROTTLE,
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

	formats_add(&formats, &attr, 0);
	formats_add(&formats, &attr, 1);
	CHECK_EQ(formats_add(&formats, &attr, 0), 2); /* the first once more, opened otherwise */
	formats_add_id(&formats, 70, 2);
	formats_add_id(&formats, 90, 1);
	formats_add_id(&formats, 10, 0);
	formats_add_id(&formats, 50, 1);
	for (u64 id = 0; id <= 100; id += 10) {
		u32 want = id == 50 || id == 90;

		buf.len = 0;
		record_begin(&buf, PERF_RECORD_SAMPLE, 0);
		buf_u64(&buf, id);
		for (unsigned i = 0; i < 4; i++)
			buf_u64(&buf, 50);
		record_end(&buf, 0);
		CHECK_EQ(formats_of(&formats, buf.data)->event, want);
		CHECK_EQ(formats_of(&formats, buf.data) == &formats.all.data[2], id == 70);

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
	test_mmap();
	test_mmap2();
	test_leaked_bit();
	test_tasks();
	test_losses();
	test_symbols_and_chains();
	test_bad_others();
	test_formats();
	return check_done();
}
