/* Bytes of one record to struct record: everything but samples, which record_sample.c decodes. */
#include "profiler/perf/record.h"

#include <string.h>
#include <sys/mman.h>

#include <aprof/bytes.h>

#include "profiler/perf/record_private.h"

#define SAMPLE_ID_FIELDS                                                               \
	(PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | \
	 PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER)

static u16 words(u64 bits)
{
	return (u16)(8 * __builtin_popcountll(bits));
}

void record_format_init(struct record_format *format, const struct perf_event_attr *attr, u32 event)
{
	u64 type = attr->sample_type;

	*format = (struct record_format){
		.sample_type = type,
		.read_format = attr->read_format,
		.branch_type = attr->branch_sample_type,
		.regs_user = attr->sample_regs_user,
		.regs_intr = attr->sample_regs_intr,
		.event = event,
		.asked_build_id = attr->build_id,
		.id_size = attr->sample_id_all ? words(type & SAMPLE_ID_FIELDS) : 0,
	};
	if (!(type & PERF_SAMPLE_TIME))
		return;
	format->time_at = sizeof(struct perf_event_header) +
			  words(type & (PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID));
	if (attr->sample_id_all)
		format->time_back = 8 + words(type & (PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |
						      PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER));
}

u32 record_sample_id_at(const struct record_format *format)
{
	u64 type = format->sample_type;

	if (type & PERF_SAMPLE_IDENTIFIER)
		return sizeof(struct perf_event_header);
	if (!(type & PERF_SAMPLE_ID))
		return 0;
	return sizeof(struct perf_event_header) +
	       words(type &
		     (PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR));
}

u32 record_other_id_back(const struct record_format *format)
{
	u64 type = format->sample_type;

	if (!format->id_size)
		return 0;
	if (type & PERF_SAMPLE_IDENTIFIER)
		return 8;
	return type & PERF_SAMPLE_ID ? 8u + words(type & (PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU))
				     : 0;
}

static bool decode_mmap(struct bytes *in, struct record *out)
{
	struct mmap_record *map = &out->mmap;

	map->pid = bytes_u32(in);
	map->tid = bytes_u32(in);
	map->start = bytes_u64(in);
	map->len = bytes_u64(in);
	map->offset = bytes_u64(in);
	/* MMAP says nothing of protection but that data mappings are marked. */
	map->prot = PROT_READ | (out->misc & PERF_RECORD_MISC_MMAP_DATA ? 0 : PROT_EXEC);
	map->path = bytes_cstr(in);
	return true;
}

/*
 * MMAP2 holds a build id or device and inode, told apart by a bit of misc. Only an event that asked
 * for build ids can be believed: the kernel reuses the header for all events that want the record, and
 * does not clear the bit that another one's output has set (perf_event_mmap_output(), seen on 6.18
 * with two profilers at work). Files that `perf inject` has put build ids into look as if nobody had
 * asked either, so the bytes decide: a size that build ids have, and zeros where they are reserved;
 * a major number of 16 or 20 with a minor of 0 is no disk's.
 */
static bool has_build_id(const struct record *out, bool asked, const u8 identity[24])
{
	u8 size = identity[0];

	if (!(out->misc & PERF_RECORD_MISC_MMAP_BUILD_ID))
		return false;
	if (asked)
		return true;
	return (size == 16 || size == 20) && !identity[1] && !identity[2] && !identity[3];
}

static bool decode_mmap2(struct bytes *in, struct record *out, bool asked_build_id)
{
	struct mmap_record *map = &out->mmap;
	struct bytes identity;
	const u8 *raw;

	map->pid = bytes_u32(in);
	map->tid = bytes_u32(in);
	map->start = bytes_u64(in);
	map->len = bytes_u64(in);
	map->offset = bytes_u64(in);
	raw = bytes_take(in, 24);
	if (!raw)
		return false;
	identity = bytes_of(raw, 24);
	if (has_build_id(out, asked_build_id, raw)) {
		if (raw[0] > BUILD_ID_MAX)
			return false;
		map->build_id.size = raw[0];
		memcpy(map->build_id.bytes, raw + 4, raw[0]);
	} else {
		map->maj = bytes_u32(&identity);
		map->min = bytes_u32(&identity);
		map->inode = bytes_u64(&identity);
	}
	map->prot = bytes_u32(in);
	bytes_skip(in, 4); /* flags */
	map->path = bytes_cstr(in);
	return true;
}

static bool decode_comm(struct bytes *in, struct record *out)
{
	out->comm.pid = bytes_u32(in);
	out->comm.tid = bytes_u32(in);
	out->comm.exec = out->misc & PERF_RECORD_MISC_COMM_EXEC;
	out->comm.comm = bytes_cstr(in);
	return true;
}

static bool decode_task(struct bytes *in, struct record *out)
{
	out->task.pid = bytes_u32(in);
	out->task.ppid = bytes_u32(in);
	out->task.tid = bytes_u32(in);
	out->task.ptid = bytes_u32(in);
	out->time = bytes_u64(in);
	return true;
}

static bool decode_lost(struct bytes *in, struct record *out)
{
	out->id = bytes_u64(in);
	out->lost.count = bytes_u64(in);
	return true;
}

static bool decode_lost_samples(struct bytes *in, struct record *out)
{
	out->lost.count = bytes_u64(in);
	out->lost.samples_only = true;
	return true;
}

static bool decode_throttle(struct bytes *in, struct record *out)
{
	out->time = bytes_u64(in);
	out->id = bytes_u64(in);
	bytes_skip(in, 8); /* stream_id */
	return true;
}

static bool decode_switch(struct bytes *in, struct record *out)
{
	out->context_switch.out = out->misc & PERF_RECORD_MISC_SWITCH_OUT;
	out->context_switch.preempted = out->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT;
	if (out->type == PERF_RECORD_SWITCH_CPU_WIDE) {
		out->context_switch.other_pid = bytes_u32(in);
		out->context_switch.other_tid = bytes_u32(in);
	}
	return true;
}

static bool decode_ksymbol(struct bytes *in, struct record *out)
{
	out->ksymbol.addr = bytes_u64(in);
	out->ksymbol.len = bytes_u32(in);
	bytes_skip(in, 2); /* ksym_type */
	out->ksymbol.unregister = bytes_u16(in) & PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER;
	out->ksymbol.name = bytes_cstr(in);
	return true;
}

static bool decode_deferred(struct bytes *in, struct record *out)
{
	struct deferred_record *deferred = &out->deferred;

	deferred->cookie = bytes_u64(in);
	deferred->chain_len = bytes_u64(in);
	if (deferred->chain_len > bytes_left(in) / sizeof(u64))
		return false;
	deferred->chain = (const void *)in->at;
	return bytes_skip(in, deferred->chain_len * sizeof(u64));
}

static bool (*const decoders[])(struct bytes *in, struct record *out) = {
	[PERF_RECORD_MMAP] = decode_mmap,	  [PERF_RECORD_LOST] = decode_lost,
	[PERF_RECORD_COMM] = decode_comm,	  [PERF_RECORD_EXIT] = decode_task,
	[PERF_RECORD_THROTTLE] = decode_throttle, [PERF_RECORD_UNTHROTTLE] = decode_throttle,
	[PERF_RECORD_FORK] = decode_task,	  [PERF_RECORD_LOST_SAMPLES] = decode_lost_samples,
	[PERF_RECORD_SWITCH] = decode_switch,	  [PERF_RECORD_SWITCH_CPU_WIDE] = decode_switch,
	[PERF_RECORD_KSYMBOL] = decode_ksymbol,	  [RECORD_CALLCHAIN_DEFERRED] = decode_deferred,
};

/* The sample_id behind every record that is no sample, if the event has sample_id_all. */
static void decode_sample_id(struct bytes in, u64 type, struct record *out)
{
	if (type & PERF_SAMPLE_TID) {
		out->pid = bytes_u32(&in);
		out->tid = bytes_u32(&in);
	}
	if (type & PERF_SAMPLE_TIME)
		out->time = bytes_u64(&in);
	if (type & PERF_SAMPLE_ID)
		out->id = bytes_u64(&in);
	if (type & PERF_SAMPLE_STREAM_ID)
		bytes_skip(&in, 8);
	if (type & PERF_SAMPLE_CPU) {
		out->cpu = bytes_u32(&in);
		bytes_skip(&in, 4);
	}
	if (type & PERF_SAMPLE_IDENTIFIER)
		out->id = bytes_u64(&in);
}

bool record_decode(const struct record_format *format, const void *bytes, size_t size,
		   struct record *out)
{
	struct perf_event_header header;
	struct bytes body, sample_id;
	bool ok = true;

	if (size < sizeof header)
		return false;
	memcpy(&header, bytes, sizeof header);
	if (header.size < sizeof header || header.size > size)
		return false;

	memset(out, 0, sizeof *out);
	out->type = header.type;
	out->misc = header.misc;
	body = bytes_of((const u8 *)bytes + sizeof header, header.size - sizeof header);
	if (header.type == PERF_RECORD_SAMPLE)
		return record_decode_sample(format, body, out);

	/* Unknown types are skipped, but their sample_id is where it always is. */
	if (format->id_size > bytes_left(&body))
		return false;
	body.end -= format->id_size;
	sample_id = bytes_of(body.end, format->id_size);
	if (header.type == PERF_RECORD_MMAP2)
		ok = decode_mmap2(&body, out, format->asked_build_id);
	else if (header.type < ARRAY_LEN(decoders) && decoders[header.type])
		ok = decoders[header.type](&body, out);
	if (!ok || body.bad)
		return false;
	if (header.type == PERF_RECORD_MMAP || header.type == PERF_RECORD_MMAP2)
		out->mmap.is_kernel =
			out->mmap.pid == UINT32_MAX ||
			(header.misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_KERNEL;
	if (format->id_size)
		decode_sample_id(sample_id, format->sample_type, out);
	return true;
}
