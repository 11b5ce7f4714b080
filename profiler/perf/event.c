/* Event names to attrs: perf's modifiers and raw events here, the rest by libpfm4. */
#include "profiler/perf/event.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/text.h>

#include "profiler/perf/pfm.h"

/* What the letters behind perf's last colon ask for. */
struct modifiers {
	bool user, kernel, hypervisor, guest, host, max_precise, pinned;
	unsigned precise;
};

static bool parse_modifiers(const char *letters, struct modifiers *out)
{
	*out = (struct modifiers){ 0 };
	if (!*letters)
		return false;
	for (; *letters; letters++) {
		switch (*letters) {
		case 'u':
			out->user = true;
			break;
		case 'k':
			out->kernel = true;
			break;
		case 'h':
			out->hypervisor = true;
			break;
		case 'G':
			out->guest = true;
			break;
		case 'H':
			out->host = true;
			break;
		case 'p':
			out->precise++;
			break;
		case 'P':
			out->max_precise = true;
			break;
		case 'D':
			out->pinned = true;
			break;
		default:
			return false;
		}
	}
	return out->precise <= 3;
}

static void apply_modifiers(const struct modifiers *m, struct event *event)
{
	struct perf_event_attr *attr = &event->attr;

	if (m->user || m->kernel || m->hypervisor) {
		attr->exclude_user = !m->user;
		attr->exclude_kernel = !m->kernel;
		attr->exclude_hv = !m->hypervisor;
	}
	if (m->guest || m->host) {
		attr->exclude_guest = !m->guest;
		attr->exclude_host = !m->host;
	}
	if (m->precise)
		attr->precise_ip = m->precise & 3;
	if (m->pinned)
		attr->pinned = 1;
	event->max_precise = m->max_precise;
}

/* rNNN: hexadecimal digits only, so that "ref-cycles" and "retired" are names. */
static bool parse_raw(const char *name, struct perf_event_attr *attr)
{
	char *end;

	if (name[0] != 'r' || !isxdigit((unsigned char)name[1]))
		return false;
	errno = 0;
	attr->config = strtoull(name + 1, &end, 16);
	attr->type = PERF_TYPE_RAW;
	return !*end && !errno;
}

static struct err *encode(const char *name, struct perf_event_attr *attr)
{
	memset(attr, 0, sizeof *attr);
	if (parse_raw(name, attr)) {
		attr->exclude_guest = 1;
		return NULL;
	}
	memset(attr, 0, sizeof *attr);
	return pfm_encode(name, attr);
}

static bool is_clock(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_SOFTWARE && (attr->config == PERF_COUNT_SW_CPU_CLOCK ||
						    attr->config == PERF_COUNT_SW_TASK_CLOCK);
}

static struct err *parse_one(struct event_vec *events, const char *name)
{
	AUTO_FREE char *base = xstrdup(name);
	char *colon = strrchr(base, ':');
	struct modifiers modifiers = { 0 };
	struct event event = { 0 };
	struct err *err;

	if (colon && parse_modifiers(colon + 1, &modifiers))
		*colon = 0;
	err = encode(base, &event.attr);
	if (err)
		return err_hint(err, "'aprof events' lists what can be sampled here");
	apply_modifiers(&modifiers, &event);
	event.name = xstrdup(name);
	event.own_rate = event.attr.sample_period != 0;
	event.is_clock = is_clock(&event.attr);
	*vec_push(events) = event;
	return NULL;
}

/* Commas inside cpu/event=1,umask=2/ belong to the event. */
static size_t one_event(const char *text)
{
	bool in_slashes = false;
	size_t i;

	for (i = 0; text[i] && (in_slashes || text[i] != ','); i++)
		in_slashes ^= text[i] == '/';
	return i;
}

struct err *event_parse(struct event_vec *events, const char *text)
{
	while (true) {
		size_t len = one_event(text);
		AUTO_FREE char *name = xstrndup(text, len);

		if (!len)
			return err_usage("an event without a name in '-e %s'", text);
		TRY(parse_one(events, name));
		if (!text[len])
			return NULL;
		text += len + 1;
	}
}

void event_default(struct event_vec *events)
{
	*vec_push(events) = (struct event){
		.name = xstrdup("cycles"),
		.attr = {
			.type = PERF_TYPE_HARDWARE,
			.config = PERF_COUNT_HW_CPU_CYCLES,
			.exclude_guest = 1,
		},
		.max_precise = true,
	};
}

void event_cpu_clock(struct event *out)
{
	*out = (struct event){
		.name = xstrdup("cpu-clock"),
		.attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK },
		.is_clock = true,
	};
}

char *event_precise_name(const struct event *event, unsigned precise)
{
	if (!precise || strchr(event->name, ':'))
		return xstrdup(event->name);
	return xasprintf("%s:%.*s", event->name, (int)precise, "ppp");
}

void event_release(struct event *event)
{
	free(event->name);
	event->name = NULL;
}

void events_release(struct event_vec *events)
{
	vec_each (events, event)
		event_release(event);
	vec_release(events);
}
