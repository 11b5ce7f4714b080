/* The attr and the scope of every event, tried on the kernel before anything is opened for good. */
#include "profiler/perf/sampler_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "profiler/perf/features.h"
#include "profiler/perf/sys.h"

bool planned_counts_on(const struct planned *planned, u32 cpu)
{
	vec_each (&planned->event.cpus, one)
		if (*one == cpu)
			return true;
	return planned->event.cpus.len == 0;
}

/* The first CPU that has the event's PMU. */
static u32 probe_cpu(const struct sampler *sampler, const struct planned *planned)
{
	vec_each (&sampler->cpus, cpu)
		if (planned_counts_on(planned, cpu->cpu))
			return cpu->cpu;
	return sampler->cpus.data[0].cpu;
}

/* Opens and closes it where it will be opened. Returns 0 or the errno. */
static int probe(struct sampler *sampler, const struct planned *planned,
		 struct perf_event_attr *attr)
{
	int pid = planned->cpu_wide ? -1 : (int)sampler->tids.data[0];
	int cpu = (int)probe_cpu(sampler, planned);
	int fd = features_open(attr, pid, cpu, &sampler->dropped);

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
static int probe_precise(struct sampler *sampler, struct planned *planned, struct wanted wanted)
{
	const struct event *event = &planned->event;
	unsigned asked = event->max_precise ? 3 : event->attr.precise_ip;

	for (wanted.precise = asked;; wanted.precise--) {
		struct perf_event_attr attr = attr_wanted(sampler, planned, &wanted);
		int os_errno = probe(sampler, planned, &attr);

		if (!os_errno) {
			planned->event.attr = attr;
			planned->call_graph = wanted.call_graph;
			if (wanted.precise < asked && !event->max_precise)
				sampler_note(
					sampler,
					"%s cannot be so precise here: sampled with precise=%u",
					event->name, wanted.precise);
			return 0;
		}
		if (wanted.precise == 0 || !is_missing(os_errno))
			return os_errno;
	}
}

/* Without branch records where the hardware has none that do. */
static int probe_branches(struct sampler *sampler, struct planned *planned, bool kernel)
{
	enum call_graph asked = sampler->options.call_graph;
	bool lbr = asked == CALL_GRAPH_LBR || asked == CALL_GRAPH_DWARF_LBR;
	struct wanted wanted = {
		.kernel = kernel,
		.call_graph = asked,
		.branch_any = sampler->options.branch_any,
	};
	int os_errno = probe_precise(sampler, planned, wanted), refused = os_errno;

	if (!is_missing(os_errno) || !(lbr || wanted.branch_any))
		return os_errno;
	wanted.call_graph = lbr ? CALL_GRAPH_DWARF : asked;
	wanted.branch_any = false;
	os_errno = probe_precise(sampler, planned, wanted);
	/* Where the event itself is missing, that is what is said. */
	if (!os_errno && !planned->is_fallback)
		sampler_note(sampler, "no %s for %s here (%s)%s",
			     lbr ? "LBR call stacks" : "branch records", planned->event.name,
			     strerror(refused), lbr ? ": the stack is copied instead" : "");
	return os_errno;
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
	int os_errno = probe_branches(sampler, planned, !user_only);

	if (!is_refused(os_errno) || user_only || kernel_only)
		return os_errno;
	os_errno = probe_branches(sampler, planned, false);
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

/* One sentence for all that is missing with the event: a clock has no branch records. */
static void note_fallback(struct sampler *sampler, int os_errno)
{
	enum call_graph asked = sampler->options.call_graph;

	if (asked == CALL_GRAPH_LBR || asked == CALL_GRAPH_DWARF_LBR)
		sampler_note(sampler,
			     "no hardware cycles event here (%s), so no LBR call stacks: sampling "
			     "cpu-clock, and the stack is copied instead",
			     strerror(os_errno));
	else
		sampler_note(sampler, "no hardware cycles event here (%s)%s: sampling cpu-clock",
			     strerror(os_errno),
			     sampler->options.branch_any ? ", so no branch records" : "");
}

static void fall_back_to_clock(struct sampler *sampler, struct planned *planned, int os_errno)
{
	struct event clock;

	note_fallback(sampler, os_errno);
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
	planned->is_fallback = true;
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
	event_name_precise(&planned->event, planned->event.attr.precise_ip);
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

static void drop_event(struct sampler *sampler, size_t index)
{
	struct planned *planned = &sampler->events.data[index];

	event_release(&planned->event);
	memmove(planned, planned + 1, (--sampler->events.len - index) * sizeof *planned);
}

/* A core type all of whose CPUs are offline. */
static bool is_nowhere(const struct sampler *sampler, const struct planned *planned)
{
	vec_each (&sampler->cpus, cpu)
		if (planned_counts_on(planned, cpu->cpu))
			return false;
	return true;
}

/* The fallbacks of a hybrid CPU's cycles events are one and the same. */
static bool is_second_fallback(const struct sampler *sampler, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (sampler->events.data[i].is_fallback)
			return sampler->events.data[index].is_fallback;
	return false;
}

struct err *sampler_plan(struct sampler *sampler)
{
	size_t i = 0;

	lower_frequency(sampler);
	while (i < sampler->events.len) {
		if (sampler->events.len > 1 && is_nowhere(sampler, &sampler->events.data[i])) {
			drop_event(sampler, i);
			continue;
		}
		TRY(plan_event(sampler, &sampler->events.data[i]));
		if (is_second_fallback(sampler, i))
			drop_event(sampler, i);
		else
			i++;
	}
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
