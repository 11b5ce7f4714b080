/* A record of perf.data in its turn: decoded, completed from the header, handed on. */
#include <string.h>

#include "profiler/perf/perfdata_private.h"
#include "profiler/perf/record.h"

static void hand_on(struct perfdata *data, const struct record *record)
{
	data->handler(data->handler_arg, record);
}

static void complete_map(const struct perfdata *data, struct mmap_record *map)
{
	const struct build_id *known;

	if (map->build_id.size || !map->path)
		return;
	known = perfdata_find_build_id(data, map->path);
	if (known)
		map->build_id = *known;
}

static void complete_sample(const struct perfdata *data, struct sample *sample)
{
	const struct perf_event_attr *attr = &data->events.data[sample->event].attr;
	const char *arch = data->facts[PERFDATA_ARCH];

	/* Without PERF_SAMPLE_PERIOD each sample stands for the fixed period. */
	if (!(attr->sample_type & PERF_SAMPLE_PERIOD))
		sample->period = attr->freq ? 1 : attr->sample_period;
	/* Another architecture's registers have other numbers. */
	if (arch && strcmp(arch, "x86_64") != 0)
		sample->regs.valid = false;
}

/* The cookie that a chain ends in if its user part was deferred (Linux 6.19). */
static bool is_deferred(const struct sample *sample, u64 *cookie)
{
	u64 n = sample->chain_len;

	if (n < 2 || sample->chain[n - 2] != CONTEXT_USER_DEFERRED)
		return false;
	*cookie = sample->chain[n - 1];
	return true;
}

/* More would mean that the records which end the wait are missing. */
#define WAITING_MAX 4096

/* The sample with its chain's marker and cookie replaced by a user chain. */
static void hand_on_joined(struct perfdata *data, const struct waiting_sample *waiting,
			   const u64 *chain, u64 len)
{
	struct buf joined = { 0 };
	struct record record;

	if (!record_decode(formats_of(&data->formats, waiting->bytes.data), waiting->bytes.data,
			   waiting->bytes.len, &record))
		return;
	complete_sample(data, &record.sample);
	buf_put(&joined, record.sample.chain, (record.sample.chain_len - 2) * sizeof(u64));
	if (len) {
		/* perf writes the context in front of the entries, in both records or in neither. */
		if (chain[0] != PERF_CONTEXT_USER)
			buf_u64(&joined, PERF_CONTEXT_USER);
		buf_put(&joined, chain, len * sizeof(u64));
	}
	record.sample.chain = (const void *)joined.data;
	record.sample.chain_len = joined.len / sizeof(u64);
	hand_on(data, &record);
	buf_release(&joined);
}

/* All that wait of one thread; those with another cookie will not get theirs any more. */
static void join_waiting(struct perfdata *data, u32 tid, u64 cookie, const u64 *chain, u64 len)
{
	size_t kept = 0;

	for (size_t i = 0; i < data->waiting.len; i++) {
		struct waiting_sample *waiting = &data->waiting.data[i];

		if (waiting->tid != tid) {
			data->waiting.data[kept++] = *waiting;
			continue;
		}
		hand_on_joined(data, waiting, chain, waiting->cookie == cookie ? len : 0);
		buf_release(&waiting->bytes);
	}
	data->waiting.len = kept;
}

void perfdata_flush_waiting(struct perfdata *data)
{
	vec_each (&data->waiting, waiting) {
		hand_on_joined(data, waiting, NULL, 0);
		buf_release(&waiting->bytes);
	}
	data->waiting.len = 0;
}

static void let_wait(struct perfdata *data, const struct record *record, u64 cookie,
		     const void *bytes)
{
	struct waiting_sample waiting = { .tid = record->tid, .cookie = cookie };
	struct perf_event_header header;

	if (data->waiting.len >= WAITING_MAX)
		perfdata_flush_waiting(data);
	memcpy(&header, bytes, sizeof header);
	buf_put(&waiting.bytes, bytes, header.size);
	*vec_push(&data->waiting) = waiting;
}

static void count(struct perfdata *data, const struct record *record)
{
	switch (record->type) {
	case PERF_RECORD_LOST:
		data->counts.lost += record->lost.count;
		break;
	case PERF_RECORD_LOST_SAMPLES:
		data->counts.lost_samples += record->lost.count;
		break;
	case PERF_RECORD_THROTTLE:
		data->counts.throttled++;
		break;
	}
}

void perfdata_deliver(void *arg, const void *bytes)
{
	struct perfdata *data = arg;
	struct perf_event_header header;
	struct record record;
	u64 cookie;

	memcpy(&header, bytes, sizeof header);
	if (!record_decode(formats_of(&data->formats, bytes), bytes, header.size, &record)) {
		data->counts.malformed++;
		return;
	}
	count(data, &record);
	switch (record.type) {
	case PERF_RECORD_SAMPLE:
		if (is_deferred(&record.sample, &cookie)) {
			let_wait(data, &record, cookie, bytes);
			return;
		}
		complete_sample(data, &record.sample);
		break;
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		complete_map(data, &record.mmap);
		break;
	case RECORD_CALLCHAIN_DEFERRED:
		join_waiting(data, record.tid, record.deferred.cookie, record.deferred.chain,
			     record.deferred.chain_len);
		return;
	}
	hand_on(data, &record);
}
