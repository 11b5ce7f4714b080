/* Any bytes as a record of any format: what is decoded lies inside the bytes, and is aligned. */
#include <stdlib.h>
#include <string.h>

#include <aprof/bytes.h>

#include "profiler/perf/formats.h"
#include "profiler/perf/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const u8 *begin, *end;

static void inside(const void *at, u64 size, unsigned align)
{
	const u8 *p = at;

	if (!size)
		return;
	if (p < begin || p > end || size > (u64)(end - p) || (uintptr_t)p % align)
		abort();
}

static void inside_string(const char *s)
{
	if (!s)
		abort();
	inside(s, strnlen(s, (size_t)(end - (const u8 *)s)) + 1, 1);
}

static void check_sample(const struct sample *s)
{
	inside(s->chain, s->chain_len * sizeof *s->chain, 8);
	inside(s->stack, s->stack_asked, 8);
	inside(s->branches, s->branches_len * sizeof *s->branches, 8);
	inside(s->raw, s->raw_size, 1);
	if (s->stack_size > s->stack_asked)
		abort();
}

static void check_record(const struct record *r)
{
	switch (r->type) {
	case PERF_RECORD_SAMPLE:
		check_sample(&r->sample);
		break;
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		inside_string(r->mmap.path);
		if (r->mmap.build_id.size > BUILD_ID_MAX)
			abort();
		break;
	case PERF_RECORD_COMM:
		inside_string(r->comm.comm);
		break;
	case PERF_RECORD_KSYMBOL:
		inside_string(r->ksymbol.name);
		break;
	case RECORD_CALLCHAIN_DEFERRED:
		inside(r->deferred.chain, r->deferred.chain_len * sizeof *r->deferred.chain, 8);
		break;
	}
}

static void read_attr(struct bytes *in, struct perf_event_attr *attr)
{
	*attr = (struct perf_event_attr){ 0 };
	attr->sample_type = bytes_u32(in);
	attr->read_format = bytes_u8(in);
	attr->sample_id_all = bytes_u8(in) & 1;
	bytes_skip(in, 2);
	attr->branch_sample_type = bytes_u32(in);
	attr->sample_regs_user = bytes_u32(in);
	attr->sample_regs_intr = bytes_u32(in);
	bytes_skip(in, 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	struct formats formats = { 0 };
	struct perf_event_attr attr;
	struct record record;
	size_t left;
	u8 *copy;

	for (u32 i = 0; i < 2; i++) {
		read_attr(&in, &attr);
		formats_add(&formats, &attr, i);
		formats_add_id(&formats, i, i);
	}
	left = bytes_left(&in);
	copy = malloc(left + 1); /* aligned, as rings are */
	if (left)
		memcpy(copy, in.at, left);
	begin = copy;
	end = copy + left;
	for (size_t at = 0; left - at >= sizeof(struct perf_event_header);) {
		struct perf_event_header header;

		memcpy(&header, copy + at, sizeof header);
		if (header.size < sizeof header || header.size > left - at || header.size % 8)
			break;
		if (record_decode(formats_of(&formats, copy + at), copy + at, left - at, &record))
			check_record(&record);
		at += header.size;
	}
	free(copy);
	formats_release(&formats);
	return 0;
}
