/*
 * Bytes of one record to struct record, for any event's format.
 *
 * The ring and perf.data share this decoder. Nothing in the bytes is trusted: every field is bounded
 * by the record's size, and a record that does not fit its format is refused, not guessed at.
 */
#ifndef APROF_PERF_RECORD_H
#define APROF_PERF_RECORD_H

#include <linux/perf_event.h>

#include <aprof/types.h>

#include "profiler/perf/sample.h"

/* Newer than the headers that we build against. */
#ifndef PERF_SAMPLE_BRANCH_COUNTERS
#define PERF_SAMPLE_BRANCH_COUNTERS (1u << 19) /* Linux 6.8 */
#endif
#define RECORD_CALLCHAIN_DEFERRED 22 /* PERF_RECORD_CALLCHAIN_DEFERRED, Linux 6.19 */
#define CONTEXT_USER_DEFERRED ((u64)-640) /* PERF_CONTEXT_USER_DEFERRED, Linux 6.19 */

/* PERF_SAMPLE_REGS_USER for enum user_reg: AX … IP and R8 … R15 of asm/perf_regs.h. */
#define USER_REGS_MASK 0xff01ffull

/* What an event's attr says about the layout of its records. */
struct record_format {
	u64 sample_type;
	u64 read_format;
	u64 branch_type; /* attr.branch_sample_type */
	u64 regs_user; /* masks of PERF_REG_X86_* */
	u64 regs_intr;
	u32 event; /* index, copied into the samples */
	u16 time_at; /* byte offset of the time in a SAMPLE; 0: has none */
	u16 time_back; /* … of the time in the sample_id of others, counted from their end; 0: none */
	u16 id_size; /* bytes of sample_id at the end of records that are no samples */
	bool asked_build_id;
};

void record_format_init(struct record_format *format, const struct perf_event_attr *attr,
			u32 event);

/* False if the bytes are no record of that format. Views in *out point into `bytes`, 8-aligned. */
bool record_decode(const struct record_format *format, const void *bytes, size_t size,
		   struct record *out);

/* Where the id stands in a SAMPLE, for any format that has PERF_SAMPLE_IDENTIFIER or _ID: byte
   offset from the start, and for other records from the end; 0: nowhere. */
u32 record_sample_id_at(const struct record_format *format);
u32 record_other_id_back(const struct record_format *format);

#endif
