/* Keys of META that tell of an event. */
#include "profiler/session/event_meta.h"

#include <stdio.h>

void event_meta_text(struct store *store, size_t index, const char *what, const char *value)
{
	char key[48];

	snprintf(key, sizeof key, "event.%zu.%s", index, what);
	store_meta(store, key, value);
}

static void put_number(struct store *store, size_t index, const char *what, u64 value)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	event_meta_text(store, index, what, text);
}

void event_meta_put(struct store *store, size_t index, const char *name, bool is_clock,
		    const struct perf_event_attr *attr)
{
	event_meta_text(store, index, "name", name);
	event_meta_text(store, index, "unit", is_clock ? "ns" : "events");
	put_number(store, index, attr->freq ? "freq" : "period", attr->sample_period);
	put_number(store, index, "precise", attr->precise_ip);
	event_meta_text(store, index, "space",
			attr->exclude_kernel ? "user" :
			attr->exclude_user   ? "kernel" :
					       "user and kernel");
}
