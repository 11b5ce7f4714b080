/* libpfm4: started once, asked by name. */
#ifndef APROF_PERF_PFM_H
#define APROF_PERF_PFM_H

#include <linux/perf_event.h>

#include <aprof/err.h>

/* Fills type, config*, exclude_*, precise_ip, sample_period or sample_freq of *attr. */
ERR_MUST_CHECK struct err *pfm_encode(const char *name, struct perf_event_attr *attr);

/* Names that pfm_encode() takes, "skl::INST_RETIRED:PREC_DIST", of the PMUs that are in this machine. */
typedef void pfm_each(void *arg, const char *name, const char *description);
ERR_MUST_CHECK struct err *pfm_list(pfm_each *each, void *arg);

/* What libpfm4 takes the CPU for, "Intel Skylake X"; NULL if it does not know it. */
const char *pfm_core_pmu(void);

#endif
