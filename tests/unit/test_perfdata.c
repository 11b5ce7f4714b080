/*
 * The reader of perf.data, on files made here: formats, attr sizes, order, compression, damage.
 *
 * test_perfdata --dump FILE prints a recording's samples, --counts its records: tests/live compares
 * them with what other readers say of real recordings.
 */
#include "profiler/perf/perfdata.h"
#include "profiler/perf/perfdata_queue.h"
#include "profiler/perf/record.h"

#include <fcntl.h>
#include <zstd.h>

#include "tests/unit/check.h"
#include "tests/unit/perfdata_maker.h"

#define SAMPLE_TYPE                                                                     \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | \
	 PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN)

static const struct perf_event_attr usual = {
	.type = PERF_TYPE_HARDWARE,
	.config = PERF_COUNT_HW_CPU_CYCLES,
	.sample_type = SAMPLE_TYPE,
	.freq = 1,
	.sample_freq = 999,
	.sample_id_all = 1,
};

static void put_sample_of(struct buf *buf, u64 id, u32 tid, u64 time, const u64 *chain, u64 len)
{
	size_t at = record_begin(buf, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);

	buf_u64(buf, id);
	buf_u64(buf, time * 10);
	buf_two(buf, 50, tid);
	buf_u64(buf, time);
	buf_u64(buf, 7);
	buf_u64(buf, len);
	for (u64 i = 0; i < len; i++)
		buf_u64(buf, chain[i]);
	record_end(buf, at);
}

static void put_sample(struct buf *buf, u64 id, u64 time)
{
	put_sample_of(buf, id, 51, time, NULL, 0);
}

static void put_round(struct buf *buf)
{
	record_end(buf, record_begin(buf, 68, 0));
}

static void put_mmap(struct buf *buf, u64 time, const char *path)
{
	size_t at = record_begin(buf, PERF_RECORD_MMAP, PERF_RECORD_MISC_USER);

	buf_two(buf, 50, 50);
	buf_u64(buf, 0x1000);
	buf_u64(buf, 0x1000);
	buf_u64(buf, 0);
	buf_padded(buf, path);
	buf_sample_id(buf, SAMPLE_TYPE, 50, 50, time, 100, 0);
	record_end(buf, at);
}

struct seen {
	u64 samples, records;
	u64 times[64]; /* of the first records */
	u32 events[64];
	u64 chain[64]; /* of the last sample */
	u64 chain_len;
	u64 build_ids; /* mappings that have one */
	u8 build_id_first;
	bool ascending;
	u64 last;
};

static void see(void *arg, const struct record *record)
{
	struct seen *seen = arg;
	u64 n = seen->records++;

	if (n == 0)
		seen->ascending = true;
	if (record->time) {
		seen->ascending &= record->time >= seen->last;
		seen->last = record->time;
	}
	if (n < ARRAY_LEN(seen->times)) {
		seen->times[n] = record->time;
		seen->events[n] = record->sample.event;
	}
	if (record->type == PERF_RECORD_SAMPLE) {
		const struct sample *s = &record->sample;

		seen->samples++;
		CHECK_EQ(s->ip, record->time * 10);
		seen->chain_len = s->chain_len;
		if (s->chain_len)
			memcpy(seen->chain, s->chain, u64_min(s->chain_len, 64) * sizeof *s->chain);
	} else if (record->type == PERF_RECORD_MMAP && record->mmap.build_id.size) {
		seen->build_ids++;
		seen->build_id_first = record->mmap.build_id.bytes[0];
	}
}

static struct perfdata *read_bytes(const void *bytes, size_t size, struct seen *seen)
{
	struct perfdata *data = NULL;
	int fd = fd_of(bytes, size);
	struct err *err = perfdata_open(&data, fd, "made");

	if (!err)
		err = perfdata_read(data, see, seen);
	close(fd);
	CHECK(!err);
	if (err)
		err_report(err);
	return data;
}

static struct perfdata *read_made(struct maker *m, struct seen *seen)
{
	struct buf out = { 0 };
	struct perfdata *data;

	*seen = (struct seen){ 0 };
	if (m->pipe)
		make_pipe(m, &out);
	else
		make_file(m, &out);
	data = read_bytes(out.data, out.len, seen);
	buf_release(&out);
	maker_release(m);
	return data;
}

/* Both formats, with attrs of all sizes that perf has had, and of a size that it will have. */
static void test_attr_sizes(void)
{
	static const u64 sizes[] = { 64, 72, 80, 96, 104, 112, 120, 128, 136, 144, 200 };

	for (size_t i = 0; i < 2 * ARRAY_LEN(sizes); i++) {
		struct maker m = { .pipe = i % 2, .attr_size = sizes[i / 2] };
		struct perfdata *data;
		struct seen seen;

		maker_event(&m, &usual, 100);
		maker_event(&m, &usual, 200);
		put_sample(&m.records, 200, 1000);
		put_sample(&m.records, 100, 1001);
		put_round(&m.records);
		buf_string(maker_feature(&m, 3), "host");
		data = read_made(&m, &seen);
		if (!data)
			continue;
		CHECK_EQ(seen.samples, 2);
		CHECK_EQ(seen.events[0], 1);
		CHECK_EQ(seen.events[1], 0);
		CHECK_EQ(perfdata_event_count(data), 2);
		CHECK_STR(perfdata_event(data, 0)->name, "cycles");
		CHECK_STR(perfdata_fact(data, PERFDATA_HOST), "host");
		CHECK_STR(perfdata_problem(data), NULL);
		CHECK_EQ(perfdata_counts(data)->by_type[PERF_RECORD_SAMPLE], 2);
		perfdata_close(data);
	}
}

/* Settings that this build does not know of are told, not swallowed. */
static void test_attr_of_the_future(void)
{
	struct maker m = { .attr_size = 144 };
	struct perfdata *data;
	struct seen seen;

	maker_event(&m, &usual, 100);
	m.attrs.data[140] = 1;
	put_sample(&m.records, 100, 5);
	data = read_made(&m, &seen);
	CHECK_EQ(seen.samples, 1);
	CHECK(data && perfdata_problem(data) && strstr(perfdata_problem(data), "newer perf"));
	perfdata_close(data);
}

/* The example drawn in perfdata_queue.h, and records without time, which do not wait. */
static void test_rounds(void)
{
	struct maker m = { .attr_size = 128 };
	static const u64 first[] = { 1, 3, 5, 2, 4 }, second[] = { 7, 9, 6, 8 };
	struct perfdata *data;
	struct seen seen;

	maker_event(&m, &usual, 100);
	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		put_sample(&m.records, 100, 1000 + first[i]);
	put_mmap(&m.records, 0, "/synthesised");
	put_round(&m.records);
	for (size_t i = 0; i < ARRAY_LEN(second); i++)
		put_sample(&m.records, 100, 1000 + second[i]);
	put_round(&m.records);
	data = read_made(&m, &seen);
	CHECK_EQ(seen.records, 10);
	CHECK_EQ(seen.times[0], 0);
	for (u64 i = 1; i < 10; i++)
		CHECK_EQ(seen.times[i], 1000 + i);
	CHECK_EQ(perfdata_counts(data)->late, 0);
	perfdata_close(data);
}

static void count_call(void *arg, const void *record)
{
	(void)record;
	++*(u64 *)arg;
}

/* No rounds at all: memory stays within its bound, and all comes out. */
static void test_queue_bound(void)
{
	struct queue queue;
	u64 calls = 0;
	struct buf record = { 0 };

	queue_init(&queue, count_call, &calls);
	queue.bytes_max = 4096;
	put_sample(&record, 1, 1);
	for (u64 i = 1; i <= 1000; i++) {
		queue_push(&queue, 1 + random_under(i), record.data, record.len);
		CHECK(queue.bytes.len <= 4096);
	}
	CHECK(calls < 1000);
	queue_finish(&queue);
	CHECK_EQ(calls, 1000);
	CHECK(queue.late > 0);
	queue_release(&queue);
	buf_release(&record);
}

/* A thousand records in pieces that end where zstd likes, not where records do. */
static void test_compressed(void)
{
	for (unsigned kind = 81; kind <= 83; kind += 2) {
		struct maker m = { .attr_size = 128, .pipe = kind == 83 };
		struct buf plain = { 0 }, packed = { 0 };
		struct perfdata *data;
		struct seen seen;
		size_t size;

		maker_event(&m, &usual, 100);
		for (u64 i = 1; i <= 1000; i++) {
			u64 chain[] = { random_word(), random_word(), random_word() };

			put_sample_of(&plain, 100, 51, i, chain, 3);
		}
		buf_extend(&packed, ZSTD_compressBound(plain.len));
		size = ZSTD_compress(packed.data, packed.len, plain.data, plain.len, 1);
		CHECK(!ZSTD_isError(size));
		for (size_t at = 0; at < size;) {
			size_t piece = u64_min(1 + random_under(2000), size - at);
			size_t record = record_begin(&m.records, kind, 0);
			u16 total;

			if (kind == 83)
				buf_u64(&m.records, piece);
			buf_put(&m.records, packed.data + at, piece);
			total = (u16)(m.records.len - record);
			if (kind == 83)
				record_end(&m.records, record);
			else /* this kind is not padded */
				memcpy(m.records.data + record + 6, &total, sizeof total);
			at += piece;
		}
		data = read_made(&m, &seen);
		CHECK_EQ(seen.samples, 1000);
		CHECK(seen.ascending);
		CHECK_STR(perfdata_problem(data), NULL);
		CHECK_EQ(perfdata_counts(data)->by_type[PERF_RECORD_SAMPLE], 1000);
		perfdata_close(data);
		buf_release(&plain);
		buf_release(&packed);
	}
}

/* What is beside the records: payloads to skip, types to come, build ids, names, branch depth. */
static void test_surroundings(void)
{
	for (unsigned pipe = 0; pipe < 2; pipe++) {
		struct maker m = { .attr_size = 128, .pipe = pipe };
		struct perfdata *data;
		struct seen seen;
		struct buf *feature;
		size_t at;

		maker_event(&m, &usual, 100);
		at = record_begin(&m.records, 71, 0); /* AUXTRACE, 1000 bytes behind it */
		buf_u64(&m.records, 1000);
		for (unsigned i = 0; i < 4; i++)
			buf_u64(&m.records, 0);
		record_end(&m.records, at);
		memset(buf_extend(&m.records, 1000), 0xff, 1000);
		at = record_begin(&m.records, 66, 0); /* TRACING_DATA, 13 and padding */
		buf_u32(&m.records, 13);
		record_end(&m.records, at);
		memset(buf_extend(&m.records, 16), 0xff, 16);
		at = record_begin(&m.records, 90, 0);
		buf_u64(&m.records, 1);
		record_end(&m.records, at);
		at = record_begin(&m.records, 5000, 0);
		record_end(&m.records, at);

		feature = maker_feature(&m, 2);
		at = record_begin(feature, 67, 0);
		buf_u32(feature, 50);
		for (unsigned i = 0; i < 24; i++)
			buf_u8(feature, (u8)(0x30 + i));
		buf_padded(feature, "/bin/known");
		record_end(feature, at);
		feature = maker_feature(&m, 12);
		buf_u32(feature, 1);
		buf_u32(feature, 128);
		memset(buf_extend(feature, 128), 0, 128);
		buf_u32(feature, 1);
		buf_string(feature, "cpu_core/cycles/");
		buf_u64(feature, 100);
		feature = maker_feature(&m, 28);
		buf_u32(feature, 2);
		buf_string(feature, "max_precise");
		buf_string(feature, "3");
		buf_string(feature, "branches");
		buf_string(feature, "32");

		if (pipe) { /* there features come behind; perf sends build ids in front */
			at = m.records.len;
			buf_put(&m.records, m.features[2].data, m.features[2].len);
		}
		put_mmap(&m.records, 10, "/bin/known");
		put_mmap(&m.records, 11, "/bin/unknown");
		put_sample(&m.records, 100, 12);
		data = read_made(&m, &seen);
		CHECK_EQ(seen.samples, 1);
		CHECK_EQ(seen.records, 3);
		CHECK_EQ(seen.build_ids, 1);
		CHECK_EQ(seen.build_id_first, 0x30);
		CHECK_STR(perfdata_event(data, 0)->name, "cpu_core/cycles/");
		CHECK_EQ(perfdata_branch_depth(data), 32);
		CHECK_EQ(perfdata_counts(data)->by_type[90], 1);
		CHECK_EQ(perfdata_counts(data)->unknown_types, 1);
		CHECK_STR(perfdata_problem(data), NULL);
		perfdata_close(data);
	}
}

/* Chains whose user part comes later are joined by thread and cookie. */
static void test_deferred(void)
{
	struct maker m = { .attr_size = 128 };
	u64 kernel[] = { PERF_CONTEXT_KERNEL, 0xffffffff81000010, CONTEXT_USER_DEFERRED, 77 };
	struct perfdata *data;
	struct seen seen;
	size_t at;

	maker_event(&m, &usual, 100);
	put_sample_of(&m.records, 100, 51, 10, kernel, 4);
	put_sample_of(&m.records, 100, 52, 11, kernel, 4); /* same cookie, another thread */
	at = record_begin(&m.records, RECORD_CALLCHAIN_DEFERRED, 0);
	buf_u64(&m.records, 77);
	buf_u64(&m.records, 2);
	buf_u64(&m.records, 0x401000);
	buf_u64(&m.records, 0x402000);
	buf_sample_id(&m.records, SAMPLE_TYPE, 50, 51, 12, 100, 0);
	record_end(&m.records, at);
	data = read_made(&m, &seen);
	CHECK_EQ(seen.samples, 2);
	CHECK_EQ(seen.times[0], 10); /* joined first; the other waits in vain until the end */
	CHECK_EQ(seen.chain_len, 2);
	perfdata_close(data);

	m = (struct maker){ .attr_size = 128 };
	maker_event(&m, &usual, 100);
	put_sample_of(&m.records, 100, 51, 10, kernel, 4);
	at = record_begin(&m.records, RECORD_CALLCHAIN_DEFERRED, 0);
	buf_u64(&m.records, 77);
	buf_u64(&m.records, 1);
	buf_u64(&m.records, 0x401000);
	buf_sample_id(&m.records, SAMPLE_TYPE, 50, 51, 12, 100, 0);
	record_end(&m.records, at);
	data = read_made(&m, &seen);
	CHECK_EQ(seen.chain_len, 4);
	CHECK(seen.chain[2] == PERF_CONTEXT_USER);
	CHECK_EQ(seen.chain[3], 0x401000);
	perfdata_close(data);
}

/* Killed, cut and damaged recordings give what is whole, and say what is wrong. */
static void test_incomplete(void)
{
	static const struct {
		size_t cut; /* bytes taken from the end */
		bool unfinished, zero_size;
		u64 samples;
		const char *problem;
	} rows[] = {
		{ 0, true, false, 3, "was not finished" },
		{ 8, true, false, 2, "was not finished" },
		{ 8, false, false, 2, "cut short" },
		{ 0, false, true, 3, "damaged at byte" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct maker m = { .attr_size = 128, .unfinished = rows[i].unfinished };
		struct buf out = { 0 };
		struct perfdata *data;
		struct seen seen = { 0 };

		maker_event(&m, &usual, 100);
		for (u64 time = 1; time <= 3; time++)
			put_sample(&m.records, 100, time);
		if (rows[i].zero_size)
			buf_u64(&m.records, 0);
		make_file(&m, &out);
		data = read_bytes(out.data, out.len - rows[i].cut, &seen);
		CHECK_EQ(seen.samples, rows[i].samples);
		check_that_(perfdata_problem(data) &&
				    strstr(perfdata_problem(data), rows[i].problem),
			    __FILE__, __LINE__, "row %zu: problem '%s'", i,
			    perfdata_problem(data) ? perfdata_problem(data) : "none");
		perfdata_close(data);
		buf_release(&out);
		maker_release(&m);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *words;
	} rows[] = {
		{ "", 0, "too small" },
		{ "PERFILE2", 8, "too small" },
		{ "hello, world, this is text", 26, "no recording" },
		{ "2ELIFREP\0\0\0\0\0\0\0\150", 16, "big-endian" },
		{ "PERFFILE\150\0\0\0\0\0\0\0", 16, "first file format" },
		{ "PERFILE2\150\0\0\0\0\0\0\0\220\0\0\0\0\0\0\0", 24, "cut short" },
		{ "PERFILE2\1\0\0\0\0\0\0\0\220\0\0\0\0\0\0\0", 24, "damaged" },
		{ "PERFILE2\20\0\0\0\0\0\0\0", 16, "no events" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct perfdata *data = NULL;
		struct seen seen = { 0 };
		int fd = fd_of(rows[i].bytes, rows[i].size);
		struct err *err = perfdata_open(&data, fd, "made");

		if (!err)
			err = perfdata_read(data, see, &seen);
		check_that_(err && strstr(err->message, rows[i].words), __FILE__, __LINE__,
			    "row %zu: \"%s\"", i, err ? err->message : "no error");
		err_free(err);
		perfdata_close(data);
		close(fd);
	}
}

static void dump_sample(void *arg, const struct record *record)
{
	const struct sample *s = &record->sample;
	struct perfdata *data = *(struct perfdata **)arg;

	if (record->type != PERF_RECORD_SAMPLE)
		return;
	printf("%d/%d %llu.%09llu %s %llu %llx", (int)s->pid, (int)s->tid,
	       (unsigned long long)(s->time / NSEC_PER_SEC),
	       (unsigned long long)(s->time % NSEC_PER_SEC), perfdata_event(data, s->event)->name,
	       (unsigned long long)s->period, (unsigned long long)s->ip);
	printf(" chain");
	for (u64 i = 0; i < s->chain_len; i++)
		if (s->chain[i] < (u64)-4095)
			printf(" %llx", (unsigned long long)s->chain[i]);
	printf(" branches");
	for (u64 i = 0; i < s->branches_len; i++)
		printf(" %llx/%llx", (unsigned long long)s->branches[i].from,
		       (unsigned long long)s->branches[i].to);
	printf(" stack %llu lbr %d\n", (unsigned long long)s->stack_asked,
	       !!(perfdata_event(data, s->event)->attr.branch_sample_type &
		  PERF_SAMPLE_BRANCH_CALL_STACK));
}

static void ignore(void *arg, const struct record *record)
{
	(void)arg;
	(void)record;
}

static int show(const char *path, bool dump)
{
	struct perfdata *data;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct err *err = perfdata_open(&data, fd, path);

	if (!err)
		err = perfdata_read(data, dump ? dump_sample : ignore, &data);
	if (err)
		return err_report(err);
	for (unsigned type = 0; type < 96 && !dump; type++)
		if (perfdata_counts(data)->by_type[type])
			printf("%u:%llu ", type,
			       (unsigned long long)perfdata_counts(data)->by_type[type]);
	if (!dump)
		printf("malformed:%llu\n", (unsigned long long)perfdata_counts(data)->malformed);
	perfdata_close(data);
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return show(argv[2], !strcmp(argv[1], "--dump"));
	test_attr_sizes();
	test_attr_of_the_future();
	test_rounds();
	test_queue_bound();
	test_compressed();
	test_surroundings();
	test_deferred();
	test_incomplete();
	test_refused();
	return check_done();
}
