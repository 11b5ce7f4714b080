/* Facts about the recording, by key, and the events that they describe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/text.h>

#include "report/load/meta.h"

static struct load_meta *find(const struct load *l, const char *key)
{
	vec_each(&l->meta, item)
		if (!strcmp(item->key, key))
			return item;
	return NULL;
}

bool load_meta_table(struct load *l, struct bytes in)
{
	if (!meta_decode(in, &l->decoded.meta))
		return false;
	vec_each(&l->decoded.meta, item) {
		struct load_meta *m = find(l, item->key);

		if (!m) {
			m = vec_push(&l->meta);
			m->key = intern_text(&l->strings, intern_id(&l->strings, item->key));
		}
		m->value = intern_text(&l->strings, intern_id(&l->strings, item->value));
	}
	return true;
}

static u64 number(const char *s)
{
	return strtoull(s, NULL, 10);
}

static void set_fact(struct profile_event *e, const char *what, const char *value)
{
	if (!strcmp(what, "name"))
		e->name = value;
	else if (!strcmp(what, "unit"))
		e->unit = value;
	else if (!strcmp(what, "freq"))
		e->frequency = number(value);
	else if (!strcmp(what, "period"))
		e->period = number(value);
}

void load_events(struct load *l)
{
	vec_each(&l->meta, m) {
		char what[16];
		u32 i;

		if (sscanf(m->key, "event.%4u.%15s", &i, what) != 2 || i >= FILE_MAX_EVENTS)
			continue;
		if (i >= l->events.len)
			vec_resize(&l->events, (size_t)i + 1);
		set_fact(&l->events.data[i], what, m->value);
	}
	if (l->events.len < l->event_count)
		vec_resize(&l->events, l->event_count);
	vec_each(&l->events, e) {
		e->name = e->name ? e->name : "unknown";
		e->unit = e->unit ? e->unit : "events";
	}
}

const char *profile_meta(const struct profile *p, const char *key)
{
	const struct load_meta *m = find((const struct load *)p, key);

	return m ? m->value : NULL;
}

bool profile_meta_at(const struct profile *p, size_t i, const char **key, const char **value)
{
	const struct load *l = (const struct load *)p;

	if (i >= l->meta.len)
		return false;
	*key = l->meta.data[i].key;
	*value = l->meta.data[i].value;
	return true;
}
