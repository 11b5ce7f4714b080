/* libpfm4: started once, asked by name. */
#ifndef APROF_PERF_PFM_H
#define APROF_PERF_PFM_H

#include <linux/perf_event.h>

#include <aprof/err.h>

/* Fills type, config*, exclude_*, precise_ip, sample_period or sample_freq of *attr. */
ERR_MUST_CHECK struct err *pfm_encode(const char *name, struct perf_event_attr *attr);

#endif
