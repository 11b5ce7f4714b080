/* What record.c and record_sample.c share. */
#ifndef APROF_PERF_RECORD_PRIVATE_H
#define APROF_PERF_RECORD_PRIVATE_H

#include <aprof/bytes.h>

#include "profiler/perf/record.h"

/* `body` is what follows the header; out->type and out->misc are set, the rest is zero. */
bool record_decode_sample(const struct record_format *format, struct bytes body,
			  struct record *out);

#endif
