/* libpfm4: started once, asked by name. */
#include "profiler/perf/pfm.h"

#include <linux/perf_event.h>
#include <perfmon/pfmlib.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/cleanup.h>

static struct err *start(void)
{
	static bool started;
	int code;

	if (started)
		return NULL;
	code = pfm_initialize();
	if (code != PFM_SUCCESS)
		return err_new("libpfm4 does not start: %s", pfm_strerror(code));
	started = true;
	return NULL;
}

struct err *pfm_encode(const char *name, struct perf_event_attr *attr)
{
	AUTO_FREE char *full_name = NULL;
	pfm_perf_encode_arg_t arg = {
		.attr = attr,
		.fstr = &full_name,
		.size = sizeof arg,
		.cpu = -1,
	};
	int code;

	TRY(start());
	code = pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT_EXT, &arg);
	if (code != PFM_SUCCESS)
		return err_usage("unknown event '%s': %s", name, pfm_strerror(code));
	return NULL;
}
