/* Rings that wrap, drained while they are written: every record once, in the order of time. */
#include "profiler/perf/order.h"

#include "tests/unit/check.h"
#include "tests/unit/records.h"

#define RINGS 3
#define RING_BYTES 4096

struct world {
	struct perf_event_mmap_page pages[RINGS];
	_Alignas(8) u8 data[RINGS][RING_BYTES];
	struct ring rings[RINGS];
	struct formats formats;
	struct order order;
	u64 clock;
	u64 sent, got, last; /* numbers of records; time of the last one */
	u64 checksum_sent, checksum_got;
};

static void world_init(struct world *w)
{
	struct perf_event_attr attr = {
		.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
			       PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN,
		.sample_id_all = 1,
	};

	memset(w, 0, sizeof *w);
	formats_add(&w->formats, &attr, 0);
	for (u32 i = 0; i < RINGS; i++)
		w->rings[i] = (struct ring){
			.page = &w->pages[i],
			.data = w->data[i],
			.size = RING_BYTES,
		};
	order_init(&w->order, w->rings, RINGS);
	w->clock = 1000;
}

static void world_release(struct world *w)
{
	order_release(&w->order);
	formats_release(&w->formats);
	for (u32 i = 0; i < RINGS; i++)
		free(w->rings[i].side);
}

/* As the kernel does: refuse what does not fit, wrap at the end. */
static bool write_record(struct world *w, u32 ring, const struct buf *record)
{
	struct perf_event_mmap_page *page = &w->pages[ring];

	if (page->data_head + record->len - page->data_tail > RING_BYTES)
		return false;
	for (size_t i = 0; i < record->len; i++)
		w->data[ring][(page->data_head + i) % RING_BYTES] = record->data[i];
	page->data_head += record->len;
	return true;
}

static void send_sample(struct world *w, u32 ring, u64 time)
{
	struct buf buf = { 0 };
	u64 chain = random_under(40), sum = 0;

	record_begin(&buf, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);
	buf_u64(&buf, 1);
	buf_u64(&buf, time * 3);
	buf_two(&buf, ring, (u32)w->sent);
	buf_u64(&buf, time);
	buf_u64(&buf, chain);
	for (u64 i = 0; i < chain; i++) {
		u64 word = random_word();

		sum = sum * 31 + word;
		buf_u64(&buf, word);
	}
	record_end(&buf, 0);
	if (write_record(w, ring, &buf)) {
		w->sent++;
		w->checksum_sent += sum;
	}
	buf_release(&buf);
}

static void send_comm(struct world *w, u32 ring, u64 time)
{
	struct buf buf = { 0 };

	record_begin(&buf, PERF_RECORD_COMM, 0);
	buf_two(&buf, 1, 2);
	buf_padded(&buf, "a name");
	buf_sample_id(&buf, w->formats.all.data[0].sample_type, 1, 2, time, 1, 0);
	record_end(&buf, 0);
	w->sent += write_record(w, ring, &buf);
	buf_release(&buf);
}

static void on_record(void *arg, struct record *record)
{
	struct world *w = arg;
	u64 sum = 0;

	CHECK(record->time >= w->last);
	w->last = record->time;
	w->got++;
	if (record->type != PERF_RECORD_SAMPLE) {
		CHECK_STR(record->comm.comm, "a name");
		return;
	}
	CHECK_EQ(record->sample.ip, record->time * 3);
	for (u64 i = 0; i < record->sample.chain_len; i++)
		sum = sum * 31 + record->sample.chain[i];
	w->checksum_got += sum;
}

static void test_random_traffic(void)
{
	struct world w;
	u64 newest[RINGS] = { 0 }, slack = 5;

	world_init(&w);
	for (unsigned step = 0; step < 20000; step++) {
		u32 ring = (u32)random_under(RINGS);
		u64 time;

		/* Stamped up to `slack` ago, in order within its ring. */
		w.clock += random_under(3);
		time = newest[ring] = u64_max(newest[ring], w.clock - random_under(slack));
		if (random_under(8) == 0)
			send_comm(&w, ring, time);
		else
			send_sample(&w, ring, time);
		if (random_under(10) == 0)
			order_drain(&w.order, &w.formats, w.clock - slack, on_record, &w);
	}
	CHECK(w.got < w.sent);
	order_drain(&w.order, &w.formats, UINT64_MAX, on_record, &w);
	CHECK_EQ(w.got, w.sent);
	CHECK(w.sent > 10000);
	CHECK_EQ(w.checksum_got, w.checksum_sent);
	CHECK_EQ(w.order.late, 0);
	CHECK_EQ(w.order.malformed, 0);
	for (u32 i = 0; i < RINGS; i++)
		CHECK_EQ(w.pages[i].data_tail, w.pages[i].data_head);
	world_release(&w);
}

static void count_only(void *arg, struct record *record)
{
	struct world *w = arg;

	(void)record;
	w->got++;
}

/* What comes after the limit of its time was handed out, is handed out late and counted. */
static void test_late(void)
{
	struct world w;

	world_init(&w);
	send_sample(&w, 0, 10 * ORDER_NESTED_NS);
	order_drain(&w.order, &w.formats, UINT64_MAX, count_only, &w);
	send_sample(&w, 1, 10 * ORDER_NESTED_NS - 5); /* within what nesting does */
	send_sample(&w, 1, 5 * ORDER_NESTED_NS);
	order_drain(&w.order, &w.formats, UINT64_MAX, count_only, &w);
	CHECK_EQ(w.got, 3);
	CHECK_EQ(w.order.late, 1);
	world_release(&w);
}

/* A record that the decoder refuses is counted; a header that cannot be empties its ring. */
static void test_damage(void)
{
	struct world w;
	struct buf buf = { 0 };

	world_init(&w);
	record_begin(&buf, PERF_RECORD_SAMPLE, 0);
	buf_u64(&buf, 1); /* the other fields are missing */
	record_end(&buf, 0);
	write_record(&w, 0, &buf);
	send_sample(&w, 0, 2000);
	order_drain(&w.order, &w.formats, UINT64_MAX, count_only, &w);
	CHECK_EQ(w.got, 1);
	CHECK_EQ(w.order.malformed, 1);

	memset(buf.data, 0, buf.len);
	write_record(&w, 0, &buf); /* size 0 */
	send_sample(&w, 0, 3000);
	send_sample(&w, 1, 3001);
	order_drain(&w.order, &w.formats, UINT64_MAX, count_only, &w);
	CHECK_EQ(w.got, 2);
	CHECK(w.rings[0].damaged > 0);
	CHECK_EQ(w.pages[0].data_tail, w.pages[0].data_head);
	buf_release(&buf);
	world_release(&w);
}

int main(void)
{
	test_random_traffic();
	test_late();
	test_damage();
	return check_done();
}
