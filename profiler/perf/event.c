/* Event names to attrs: perf's spellings here, the rest by libpfm4. */
#include "profiler/perf/event.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/text.h>

#include "profiler/perf/pfm.h"
#include "profiler/perf/pmu.h"
#include "profiler/perf/sys.h"

/* What the letters behind perf's last colon ask for. */
struct modifiers {
	bool user, kernel, hypervisor, guest, host, max_precise, pinned;
	unsigned precise;
};

static bool parse_modifiers(const char *letters, struct modifiers *out)
{
	struct modifiers m = { 0 };

	if (!*letters)
		return false;
	for (; *letters; letters++) {
		switch (*letters) {
		case 'u':
			m.user = true;
			break;
		case 'k':
			m.kernel = true;
			break;
		case 'h':
			m.hypervisor = true;
			break;
		case 'G':
			m.guest = true;
			break;
		case 'H':
			m.host = true;
			break;
		case 'p':
			m.precise++;
			break;
		case 'P':
			m.max_precise = true;
			break;
		case 'D':
			m.pinned = true;
			break;
		default:
			return false;
		}
	}
	if (m.precise > 3)
		return false;
	*out = m;
	return true;
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
static bool parse_raw(const char *name, struct event *event)
{
	char *end;
	u64 config;

	if (name[0] != 'r' || !isxdigit((unsigned char)name[1]))
		return false;
	errno = 0;
	config = strtoull(name + 1, &end, 16);
	if (*end || errno)
		return false;
	event->attr.type = PERF_TYPE_RAW;
	event->attr.config = config;
	event->attr.exclude_guest = 1;
	return true;
}

/* What perf has and libpfm4 has not. */
static bool parse_software(const char *name, struct event *event)
{
	static const struct {
		const char *name;
		u64 config;
	} names[] = {
		{ "alignment-faults", PERF_COUNT_SW_ALIGNMENT_FAULTS },
		{ "emulation-faults", PERF_COUNT_SW_EMULATION_FAULTS },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i].name) == 0) {
			event->attr.type = PERF_TYPE_SOFTWARE;
			event->attr.config = names[i].config;
			return true;
		}
	}
	return false;
}

/* "sched:sched_switch". Each occurrence is a sample, as perf has it. */
static bool parse_tracepoint(const char *name, struct event *event)
{
	AUTO_FREE char *system = xstrdup(name);
	char *colon = strchr(system, ':');
	u64 id;

	if (!colon)
		return false;
	*colon = '\0';
	id = tracepoint_id(system, colon + 1);
	if (!id)
		return false;
	event->attr.type = PERF_TYPE_TRACEPOINT;
	event->attr.config = id;
	event->every = true;
	return true;
}

static struct err *parse_pmu(const char *name, const char *slash, struct event *event)
{
	AUTO_FREE char *pmu_name = xstrndup(name, (size_t)(slash - name));
	AUTO_FREE char *terms = xstrdup(slash + 1);
	struct pmu_rate rate = { 0 };
	struct err *err;
	struct pmu pmu;

	if (!*terms || terms[strlen(terms) - 1] != '/')
		return err_usage("the event '%s' does not end in '/'", name);
	terms[strlen(terms) - 1] = '\0';
	if (!pmu_find(pmu_name, &pmu))
		return err_usage("this machine has no PMU '%s'", pmu_name);
	event->cpus = pmu.cpus;
	/* IBS refuses periods whose low four bits are set (arch/x86/events/amd/ibs.c). */
	event->period_step = starts_with(pmu_name, "ibs_") ? 16 : 0;
	event->attr.exclude_guest = 1;
	err = *terms ? pmu_encode(&pmu, terms, &event->attr, &rate) : NULL;
	event->attr.type = pmu.type;
	event->attr.freq = rate.freq != 0;
	if (rate.freq)
		event->attr.sample_freq = rate.freq;
	else
		event->attr.sample_period = rate.period;
	return err;
}

static struct err *parse_name(const char *name, struct event *event)
{
	const char *slash = strchr(name, '/');

	if (slash)
		return parse_pmu(name, slash, event);
	if (parse_raw(name, event) || parse_software(name, event) || parse_tracepoint(name, event))
		return NULL;
	TRY(pfm_encode(name, &event->attr));
	/* libpfm4 sets it or not by the processor that it finds; x86 has no such level. */
	event->attr.exclude_hv = 0;
	return NULL;
}

/* The modifiers stand behind the last colon, or behind the last slash of a PMU's words. */
static char *find_modifiers(char *name, struct modifiers *modifiers)
{
	char *slash = strrchr(name, '/'), *colon = strrchr(name, ':');

	if (slash && slash > colon && slash != strchr(name, '/'))
		return parse_modifiers(slash + 1, modifiers) ? slash + 1 : NULL;
	return colon && parse_modifiers(colon + 1, modifiers) ? colon : NULL;
}

static bool is_clock(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_SOFTWARE && (attr->config == PERF_COUNT_SW_CPU_CLOCK ||
						    attr->config == PERF_COUNT_SW_TASK_CLOCK);
}

/* On a hybrid CPU, raw events are those of the first core type (Linux 5.13). */
static void add_event(struct event_vec *events, const struct event *event)
{
	bool generic =
		event->attr.type == PERF_TYPE_HARDWARE || event->attr.type == PERF_TYPE_HW_CACHE;
	struct pmu cores[3];
	size_t count = generic || event->attr.type == PERF_TYPE_RAW
			       ? pmu_core_types(cores, ARRAY_LEN(cores))
			       : 0;

	if (count == 0)
		*vec_push(events) = *event;
	for (size_t i = 0; i < count; i++) {
		struct event *one;

		if (i && !generic) {
			pmu_release(&cores[i]);
			continue;
		}
		one = vec_push(events);
		*one = *event;
		one->cpus = cores[i].cpus;
		/* The upper half of config names the PMU (PERF_PMU_TYPE_SHIFT, Linux 5.13). */
		if (generic)
			one->attr.config |= (u64)cores[i].type << 32;
		one->name = generic ? xasprintf("%s/%s/", cores[i].name, event->name)
				    : xstrdup(event->name);
	}
	if (count)
		free(event->name);
}

/* Who wrote "sched:sched_switch" is helped by more than the list of events. */
static const char *hint_for(const char *name)
{
	const char *colon = strchr(name, ':');
	char text[8];

	if (colon && colon[1] != ':' && !strchr(colon + 1, ':') && !strchr(name, '/') &&
	    !perf_sys.read_file("/sys/kernel/tracing/README", text, sizeof text) &&
	    !perf_sys.read_file("/sys/kernel/debug/tracing/README", text, sizeof text))
		return "if it is a tracepoint: 'sudo mount -t tracefs nodev /sys/kernel/tracing' "
		       "shows them, and only root may read them there";
	return "names are those of libpfm4 and perf: cpu-clock, cycles:u, sched:sched_switch";
}

static struct err *parse_one(struct event_vec *events, const char *name)
{
	AUTO_FREE char *base = xstrdup(name);
	struct modifiers modifiers = { 0 };
	struct event event = { 0 };
	char *at = find_modifiers(base, &modifiers);
	struct err *err;

	if (at)
		*at = '\0';
	err = parse_name(base, &event);
	if (err) {
		vec_release(&event.cpus);
		return err_hint(err, "%s", hint_for(name));
	}
	apply_modifiers(&modifiers, &event);
	event.name = xstrdup(name);
	event.own_rate = event.attr.sample_period != 0;
	event.is_clock = is_clock(&event.attr);
	add_event(events, &event);
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
	const struct event cycles = {
		.name = xstrdup("cycles"),
		.attr = {
			.type = PERF_TYPE_HARDWARE,
			.config = PERF_COUNT_HW_CPU_CYCLES,
			.exclude_guest = 1,
		},
		.max_precise = true,
	};

	add_event(events, &cycles);
}

void event_cpu_clock(struct event *out)
{
	*out = (struct event){
		.name = xstrdup("cpu-clock"),
		.attr = { .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK },
		.is_clock = true,
	};
}

void event_name_precise(struct event *event, unsigned precise)
{
	AUTO_FREE char *base = xstrdup(event->name);
	struct modifiers modifiers;
	char *at = find_modifiers(base, &modifiers), letters[16] = "", *name;
	size_t len = 0;
	bool slash;

	/* libpfm4's own modifiers ("precise=2") stay as they are. */
	if (!at && (!precise || (strchr(base, ':') && !strchr(base, '/'))))
		return;
	if (at) {
		const char *old = event->name + (at - base) + (*at == ':');

		for (; *old && len < 8; old++)
			if (*old != 'p' && *old != 'P')
				letters[len++] = *old;
		*at = '\0';
	}
	slash = base[strlen(base) - 1] == '/';
	snprintf(letters + len, sizeof letters - len, "%.*s", (int)precise, "ppp");
	name = xasprintf("%s%s%s", base, slash || !letters[0] ? "" : ":", letters);
	free(event->name);
	event->name = name;
}

void event_release(struct event *event)
{
	free(event->name);
	event->name = NULL;
	vec_release(&event->cpus);
}

void events_release(struct event_vec *events)
{
	vec_each (events, event)
		event_release(event);
	vec_release(events);
}
