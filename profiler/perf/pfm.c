/* libpfm4: loaded and started once, asked by name. */
#include "profiler/perf/pfm.h"

#include <dlfcn.h>
#include <linux/perf_event.h>
#include <perfmon/pfmlib.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

/*
 * Loaded only where an event's name is looked up: its tables are 41,000 pointers that the dynamic
 * linker would relocate at every start, 2 ms.
 */
#define SONAME "libpfm.so.4"

static struct {
	__typeof__(pfm_initialize) *initialize;
	__typeof__(pfm_strerror) *strerror;
	__typeof__(pfm_get_os_event_encoding) *get_os_event_encoding;
	__typeof__(pfm_get_event_info) *get_event_info;
	__typeof__(pfm_get_event_attr_info) *get_event_attr_info;
	__typeof__(pfm_get_event_next) *get_event_next;
	__typeof__(pfm_get_pmu_info) *get_pmu_info;
} pfm;

static struct err *load(void)
{
	static const struct {
		const char *name;
		void *to;
	} functions[] = {
		{ "pfm_initialize", &pfm.initialize },
		{ "pfm_strerror", &pfm.strerror },
		{ "pfm_get_os_event_encoding", &pfm.get_os_event_encoding },
		{ "pfm_get_event_info", &pfm.get_event_info },
		{ "pfm_get_event_attr_info", &pfm.get_event_attr_info },
		{ "pfm_get_event_next", &pfm.get_event_next },
		{ "pfm_get_pmu_info", &pfm.get_pmu_info },
	};
	void *library = dlopen(SONAME, RTLD_LAZY | RTLD_LOCAL);

	if (!library)
		return err_hint(err_new("libpfm4, which knows the names of events, is not here: %s",
					dlerror()),
				"install libpfm4");
	for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function)
			return err_new("%s has no %s", SONAME, functions[i].name);
		memcpy(functions[i].to, &function, sizeof function);
	}
	return NULL;
}

static struct err *start(void)
{
	static bool started;
	int code;

	if (started)
		return NULL;
	TRY(load());
	code = pfm.initialize();
	if (code != PFM_SUCCESS)
		return err_new("libpfm4 does not start: %s", pfm.strerror(code));
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
	code = pfm.get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT_EXT, &arg);
	if (code != PFM_SUCCESS)
		return err_usage("unknown event '%s': %s", name, pfm.strerror(code));
	return NULL;
}

/* The event alone if it has no unit masks, else one name for each. */
static void list_event(int index, const char *pmu, pfm_each *each, void *arg)
{
	pfm_event_info_t event = { .size = sizeof event };
	bool any = false;

	if (pfm.get_event_info(index, PFM_OS_PERF_EVENT_EXT, &event) != PFM_SUCCESS)
		return;
	for (int i = 0; i < event.nattrs; i++) {
		pfm_event_attr_info_t mask = { .size = sizeof mask };
		AUTO_FREE char *name = NULL;

		if (pfm.get_event_attr_info(index, i, PFM_OS_PERF_EVENT_EXT, &mask) !=
			    PFM_SUCCESS ||
		    mask.type != PFM_ATTR_UMASK)
			continue;
		name = xasprintf("%s::%s:%s", pmu, event.name, mask.name);
		each(arg, name, mask.desc ? mask.desc : "");
		any = true;
	}
	if (!any) {
		AUTO_FREE char *name = xasprintf("%s::%s", pmu, event.name);

		each(arg, name, event.desc ? event.desc : "");
	}
}

static bool pmu_is_here(pfm_pmu_t pmu, pfm_pmu_info_t *info)
{
	*info = (pfm_pmu_info_t){ .size = sizeof *info };
	return pfm.get_pmu_info(pmu, info) == PFM_SUCCESS && info->is_present;
}

struct err *pfm_list(pfm_each *each, void *arg)
{
	pfm_pmu_info_t info;

	TRY(start());
	for (int pmu = PFM_PMU_NONE + 1; pmu < PFM_PMU_MAX; pmu++) {
		if (!pmu_is_here((pfm_pmu_t)pmu, &info))
			continue;
		for (int i = info.first_event; i != -1; i = pfm.get_event_next(i))
			list_event(i, info.name, each, arg);
	}
	return NULL;
}

const char *pfm_core_pmu(void)
{
	struct err *err = start();
	pfm_pmu_info_t info;

	if (err) {
		err_free(err);
		return NULL;
	}
	for (int pmu = PFM_PMU_NONE + 1; pmu < PFM_PMU_MAX; pmu++)
		if (pmu_is_here((pfm_pmu_t)pmu, &info) && info.type == PFM_PMU_TYPE_CORE)
			return info.desc;
	return NULL;
}
