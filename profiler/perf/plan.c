/* The attr and the scope of every event, tried on the kernel before anything is opened for good. */
#include "profiler/perf/sampler_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "profiler/perf/features.h"
#include "profiler/perf/sys.h"

/* sample_id of every event alike, so that all records of a ring can be told apart and put in order:
   see formats.h. */
#define COMMON_SAMPLE_TYPE \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU)

void attr_common(const struct sampler *sampler, struct perf_event_attr *attr, bool cpu_wide)
{
	attr->size = sizeof *attr;
	attr->sample_type |= COMMON_SAMPLE_TYPE;
	attr->sample_id_all = 1;
	attr->read_format = PERF_FORMAT_LOST;
	attr->use_clockid = 1;
	attr->clockid = CLOCK_MONOTONIC;
	attr->inherit = !cpu_wide && !sampler->options.no_inherit;
}

static void attr_rate(const struct sampler_options *options, const struct event *event,
		      struct perf_event_attr *attr)
{
	if (event->own_rate)
		return;
	attr->freq = !options->period;
	if (options->period)
		attr->sample_period = options->period;
	else
		attr->sample_freq = options->freq;
}

static void attr_call_graph(const struct sampler *sampler, struct perf_event_attr *attr)
{
	enum call_graph call_graph = sampler->options.call_graph;

	if (call_graph == CALL_GRAPH_NONE)
		return;
	attr->exclude_callchain_kernel = attr->exclude_kernel;
	if (call_graph == CALL_GRAPH_FP) {
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
		return;
	}
	attr->sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
	attr->sample_regs_user = USER_REGS_MASK;
	attr->sample_stack_user = sampler->stack_bytes;
	/*
	 * The user part of the chain is of no use but for its head: under PEBS that is the
	 * interrupted IP, which the copy of the stack belongs to (Linux 4.18, 6cbc304f2f36).
	 */
	attr->exclude_callchain_user = !attr->precise_ip;
	if (!attr->exclude_kernel || attr->precise_ip)
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
}

/* What the options ask for, before the kernel was asked. */
static struct perf_event_attr attr_wanted(const struct sampler *sampler, const struct event *event,
					  bool cpu_wide, bool with_kernel, unsigned precise)
{
	const struct sampler_options *options = &sampler->options;
	struct perf_event_attr attr = event->attr;

	attr.precise_ip = precise & 3;
	attr.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_PERIOD;
	attr_common(sampler, &attr, cpu_wide);
	attr.disabled = 1;
	attr.enable_on_exec = !cpu_wide && options->enable_on_exec;
	attr.exclude_idle = event->is_clock;
	if (options->all_user || !with_kernel)
		attr.exclude_kernel = attr.exclude_hv = 1;
	if (options->all_kernel)
		attr.exclude_user = 1;
	attr_rate(options, event, &attr);
	attr_call_graph(sampler, &attr);
	return attr;
}

/* Opens and closes it where it will be opened. Returns 0 or the errno. */
static int probe(struct sampler *sampler, struct perf_event_attr *attr, bool cpu_wide)
{
	int pid = cpu_wide ? -1 : (int)sampler->tids.data[0];
	int fd = features_open(attr, pid, (int)sampler->cpus.data[0].cpu, &sampler->dropped);

	if (fd < 0)
		return errno;
	perf_sys.close(fd);
	return 0;
}

static bool is_refused(int os_errno)
{
	return os_errno == EACCES || os_errno == EPERM;
}

/* The kernel's words for "this machine does not have it". */
static bool is_missing(int os_errno)
{
	return os_errno == ENOENT || os_errno == EOPNOTSUPP || os_errno == ENODEV ||
	       os_errno == ENXIO || os_errno == EINVAL;
}

/* From the most precise downwards. */
static int probe_precise(struct sampler *sampler, struct planned *planned, bool with_kernel)
{
	unsigned asked = planned->event.max_precise ? 3 : planned->event.attr.precise_ip;
	struct perf_event_attr attr;
	int os_errno;

	for (unsigned precise = asked;; precise--) {
		attr = attr_wanted(sampler, &planned->event, planned->cpu_wide, with_kernel,
				   precise);
		os_errno = probe(sampler, &attr, planned->cpu_wide);
		if (!os_errno) {
			planned->event.attr = attr;
			if (precise < asked && !planned->event.max_precise)
				sampler_note(
					sampler,
					"no such precision here: %s is sampled with precise=%u",
					planned->event.name, precise);
			return 0;
		}
		if (precise == 0 || !is_missing(os_errno))
			return os_errno;
	}
}

/* The scopes to try in turn. */
static unsigned scopes_of(const struct sampler_options *options, const struct event *event,
			  bool cpu_wide[2])
{
	if (options->system_wide) {
		cpu_wide[0] = true;
		return 1;
	}
	if (!event->is_clock || options->clock == CLOCK_TASK) {
		cpu_wide[0] = false;
		return 1;
	}
	cpu_wide[0] = true;
	cpu_wide[1] = false;
	return options->clock == CLOCK_CPU ? 1 : 2;
}

/* With the kernel, or without where that is refused and was not all that was asked for. */
static int probe_spaces(struct sampler *sampler, struct planned *planned)
{
	bool user_only = sampler->options.all_user || planned->event.attr.exclude_kernel;
	bool kernel_only = sampler->options.all_kernel || planned->event.attr.exclude_user;
	int os_errno = probe_precise(sampler, planned, !user_only);

	if (!is_refused(os_errno) || user_only || kernel_only)
		return os_errno;
	os_errno = probe_precise(sampler, planned, false);
	if (os_errno)
		return os_errno;
	sampler_note(
		sampler,
		"no right to sample the kernel (kernel.perf_event_paranoid is %ld): user space "
		"only; 'sudo sysctl kernel.perf_event_paranoid=1' allows it",
		perf_sysctl("perf_event_paranoid", 2));
	return 0;
}

static bool is_cycles(const struct event *event)
{
	return event->attr.type == PERF_TYPE_HARDWARE &&
	       (u32)event->attr.config == PERF_COUNT_HW_CPU_CYCLES;
}

static void fall_back_to_clock(struct sampler *sampler, struct planned *planned, int os_errno)
{
	struct event clock;

	sampler_note(sampler, "no hardware cycles event here (%s): sampling cpu-clock",
		     strerror(os_errno));
	event_cpu_clock(&clock);
	clock.attr.exclude_user = planned->event.attr.exclude_user;
	clock.attr.exclude_kernel = planned->event.attr.exclude_kernel;
	clock.own_rate = planned->event.own_rate && planned->event.attr.freq;
	if (clock.own_rate) {
		clock.attr.freq = 1;
		clock.attr.sample_freq = planned->event.attr.sample_freq;
	}
	event_release(&planned->event);
	planned->event = clock;
}

static struct err *plan_event(struct sampler *sampler, struct planned *planned)
{
	bool scopes[2];
	unsigned count = scopes_of(&sampler->options, &planned->event, scopes);
	int os_errno = 0;

	for (unsigned i = 0; i < count; i++) {
		planned->cpu_wide = scopes[i];
		os_errno = probe_spaces(sampler, planned);
		if (!is_refused(os_errno))
			break;
	}
	if (os_errno && is_missing(os_errno) && is_cycles(&planned->event)) {
		fall_back_to_clock(sampler, planned, os_errno);
		return plan_event(sampler, planned);
	}
	if (os_errno)
		return refusal_err(&(struct refusal){
			.os_errno = os_errno,
			.event = &planned->event,
			.cpu_wide = planned->cpu_wide,
			.kernel_only =
				sampler->options.all_kernel || planned->event.attr.exclude_user,
			.tid = sampler->tids.len ? sampler->tids.data[0] : 0,
		});
	if (planned->event.attr.precise_ip) {
		char *name = event_precise_name(&planned->event, planned->event.attr.precise_ip);

		free(planned->event.name);
		planned->event.name = name;
	}
	return NULL;
}

static void lower_frequency(struct sampler *sampler)
{
	/* Read now: perf_cpu_time_max_percent lowers it while the machine runs. */
	long most = perf_sysctl("perf_event_max_sample_rate", 0);

	if (sampler->options.period || most <= 0 || sampler->options.freq <= (u64)most)
		return;
	sampler_note(sampler,
		     "%llu samples a second are more than kernel.perf_event_max_sample_rate: "
		     "sampling at %ld",
		     (unsigned long long)sampler->options.freq, most);
	sampler->options.freq = (u64)most;
}

struct err *sampler_plan(struct sampler *sampler)
{
	lower_frequency(sampler);
	vec_each (&sampler->events, planned)
		TRY(plan_event(sampler, planned));
	for (unsigned bit = 0; bit < features_count(); bit++)
		if (sampler->dropped & 1ull << bit && feature_text(bit))
			sampler_note(sampler, "%s", feature_text(bit));
	return NULL;
}

bool sampler_any_cpu_wide(const struct sampler *sampler)
{
	vec_each (&sampler->events, planned)
		if (planned->cpu_wide)
			return true;
	return false;
}
