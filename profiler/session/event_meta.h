/* What a profile says of each of its events, whether it was recorded here or imported. */
#ifndef APROF_SESSION_EVENT_META_H
#define APROF_SESSION_EVENT_META_H

#include <linux/perf_event.h>

#include "profiler/store/store.h"

/* One fact: the key "event.INDEX.WHAT" (docs/format.md). */
void event_meta_text(struct store *store, size_t index, const char *what, const char *value);
/* What its attr tells: name, unit, freq or period, precision, and which space it counts. */
void event_meta_put(struct store *store, size_t index, const char *name, bool is_clock,
		    const struct perf_event_attr *attr);

#endif
