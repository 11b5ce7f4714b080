/* Events opened on what is profiled, enabled, waited for and drained. */
#include "profiler/perf/sampler_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/text.h>

#include "profiler/perf/pmu.h"
#include "profiler/perf/sys.h"

void sampler_note(struct sampler *sampler, const char *fmt, ...)
{
	struct text text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(&text, fmt, ap);
	va_end(ap);
	if (!sampler->options.quiet)
		notice("%s", text_str(&text));
	*vec_push(&sampler->notices) = text_take(&text);
}

static struct err *refused(const struct sampler *sampler, u32 event, u32 tid)
{
	const struct planned *planned = event == NO_ID ? NULL : &sampler->events.data[event];

	return refusal_err(&(struct refusal){
		.os_errno = errno,
		.event = planned ? &planned->event : NULL,
		.cpu_wide = planned && planned->cpu_wide,
		.tid = tid,
	});
}

static void stop_sifting(struct sampler *sampler, struct err *why)
{
	sieve_close(TAKE_PTR(sampler->sieve));
	sampler->no_sieve = TAKE_PTR(why->message);
	err_free(why);
}

/* The first event of a CPU makes the sieve; one that cannot have it is no loss but of speed. */
static void sift(struct sampler *sampler, int fd)
{
	struct err *err = NULL;
	int os_errno;

	if (sampler->options.system_wide || sampler->no_sieve)
		return;
	if (!sampler->sieve)
		err = sieve_open(&sampler->sieve);
	if (!err) {
		os_errno = sieve_attach(sampler->sieve, fd);
		err = os_errno ? err_os(os_errno, "no BPF program on an event") : NULL;
	}
	if (err)
		stop_sifting(sampler, err);
}

struct err *sampler_open_into(struct sampler *sampler, const struct wanted_event *wanted, int pid,
			      u32 cpu, int output)
{
	struct perf_event_attr attr = *wanted->attr;
	u32 event = wanted->event;
	int fd = perf_sys.open(&attr, pid, (int)cpu, -1, PERF_FLAG_FD_CLOEXEC);
	u64 id;

	if (fd < 0 && (errno == ESRCH || errno == ENODEV))
		return NULL; /* ended, or the CPU went offline: nothing to sample there */
	if (fd < 0)
		return refused(sampler, event, pid > 0 ? (u32)pid : 0);
	*vec_push(&sampler->open) = (struct open_event){
		.fd = fd,
		.event = event,
		.cpu = cpu,
		.stack_bytes = attr.sample_stack_user,
		.on_exec = attr.enable_on_exec,
	};
	if (perf_sys.ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)output))
		return err_os(errno, "cannot lead an event into a shared ring");
	if (event == NO_ID)
		return NULL;
	if (pid == -1)
		sift(sampler, fd);
	if (perf_sys.ioctl(fd, PERF_EVENT_IOC_ID, (unsigned long)&id))
		return err_os(errno, "cannot ask an event for its id");
	formats_add_id(&sampler->formats, id, wanted->format);
	if (sampler->enabled && perf_sys.ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return err_os(errno, "cannot start an event");
	return NULL;
}

static struct err *open_scope(struct sampler *sampler, bool cpu_wide, int pid)
{
	vec_each (&sampler->cpus, cpu) {
		for (u32 i = 0; i < sampler->events.len; i++) {
			const struct planned *planned = &sampler->events.data[i];

			if (planned->cpu_wide == cpu_wide && planned_counts_on(planned, cpu->cpu))
				TRY(sampler_open_into(
					sampler,
					&(struct wanted_event){ &planned->event.attr, i, i }, pid,
					cpu->cpu, cpu->owner));
		}
	}
	return NULL;
}

static bool has_task_events(const struct sampler *sampler)
{
	vec_each (&sampler->events, planned)
		if (!planned->cpu_wide)
			return true;
	return false;
}

/* A thread's events on all CPUs. The first thread's sideband belongs to the rings themselves. */
static struct err *open_task(struct sampler *sampler, u32 tid, bool first)
{
	if (!first && !sampler_any_cpu_wide(sampler))
		vec_each (&sampler->cpus, cpu)
			TRY(sampler_open_into(
				sampler,
				&(struct wanted_event){ &sampler->sideband, NO_ID, NO_ID },
				(int)tid, cpu->cpu, cpu->side >= 0 ? cpu->side : cpu->owner));
	return open_scope(sampler, false, (int)tid);
}

static int by_number(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return (x > y) - (x < y);
}

static struct err *open_events(struct sampler *sampler)
{
	if (sampler_any_cpu_wide(sampler))
		TRY(open_scope(sampler, true, -1));
	if (has_task_events(sampler))
		vec_each (&sampler->tids, tid)
			TRY(open_task(sampler, *tid, tid == sampler->tids.data));
	vec_sort(&sampler->tids, by_number);
	return NULL;
}

static struct err *list_events(struct sampler *sampler)
{
	const struct sampler_options *options = &sampler->options;
	struct event_vec events = { 0 };
	struct err *err = NULL;

	for (size_t i = 0; i < options->event_count && !err; i++)
		err = event_parse(&events, options->events[i]);
	if (!err && !options->event_count)
		event_default(&events);
	vec_each (&events, event)
		*vec_push(&sampler->events) = (struct planned){ .event = *event };
	vec_release(&events);
	return err;
}

static struct err *list_cpus(struct sampler *sampler)
{
	struct cpu_list cpus = { 0 };
	struct err *err = limits_online_cpus(&cpus);

	vec_each (&cpus, cpu)
		*vec_push(&sampler->cpus) = (struct cpu_rings){ *cpu, -1, -1 };
	vec_release(&cpus);
	return err;
}

/* The copy of the stack shrinks with the ring, which is known only now. */
static void settle_stack(struct sampler *sampler)
{
	u32 asked = sampler->options.stack_bytes;
	bool dwarf = false;

	vec_each (&sampler->events, planned)
		dwarf |= planned->event.attr.sample_stack_user != 0;
	sampler->stack_bytes = dwarf ? limits_stack_bytes(asked, sampler->ring_bytes) : 0;
	if (dwarf && asked && sampler->stack_bytes < asked)
		sampler_note(sampler, "the rings are too small for copies of %u bytes of stack: %u",
			     asked, sampler->stack_bytes);
	for (u32 i = 0; i < sampler->events.len; i++) {
		struct perf_event_attr *attr = &sampler->events.data[i].event.attr;

		if (attr->sample_stack_user)
			attr->sample_stack_user = sampler->stack_bytes;
		formats_add(&sampler->formats, attr, i);
	}
	sampler->common_clock = sampler->events.data[0].event.attr.use_clockid;
}

static struct err *plan_all(struct sampler *sampler)
{
	const struct sampler_options *options = &sampler->options;

	if (!options->system_wide && !options->tid_count)
		return err_new("nothing to sample");
	if (!options->system_wide)
		vec_append(&sampler->tids, options->tids, options->tid_count);
	limits_raise();
	TRY(list_cpus(sampler));
	TRY(list_events(sampler));
	sampler->stack_bytes = limits_stack_bytes(options->stack_bytes, RING_BYTES_MAX);
	return sampler_plan(sampler);
}

static struct err *open_all(struct sampler *sampler)
{
	TRY(plan_all(sampler));
	TRY(sampler_open_rings(sampler));
	settle_stack(sampler);
	TRY(open_events(sampler));
	order_init(&sampler->order, sampler->rings, sampler->ring_count);
	return NULL;
}

static struct err *sampler_make(struct sampler **out, const struct sampler_options *options,
				struct err *(*make)(struct sampler *))
{
	struct sampler *sampler = xzalloc(sizeof *sampler);
	struct err *err;

	sampler->options = *options;
	err = make(sampler);
	if (err) {
		sampler_close(sampler);
		return err;
	}
	*out = sampler;
	return NULL;
}

struct err *sampler_open(struct sampler **out, const struct sampler_options *options)
{
	return sampler_make(out, options, open_all);
}

struct err *sampler_try(struct sampler **out, const struct sampler_options *options)
{
	return sampler_make(out, options, plan_all);
}

void sampler_close(struct sampler *sampler)
{
	if (!sampler)
		return;
	vec_each (&sampler->open, open)
		perf_sys.close(open->fd);
	sieve_close(sampler->sieve);
	free(sampler->no_sieve);
	sampler_close_rings(sampler);
	order_release(&sampler->order);
	formats_release(&sampler->formats);
	vec_each (&sampler->events, planned)
		event_release(&planned->event);
	vec_each (&sampler->notices, text)
		free(*text);
	vec_release(&sampler->open);
	vec_release(&sampler->cpus);
	vec_release(&sampler->tids);
	vec_release(&sampler->events);
	vec_release(&sampler->notices);
	free(sampler);
}

/* A FORK record of that thread waits in a ring: its events were inherited. Nothing is consumed. */
static bool saw_birth(const struct sampler *sampler, u32 tid)
{
	for (u32 i = 0; i < sampler->ring_count; i++) {
		struct ring view = sampler->rings[i];
		const struct perf_event_header *header;

		ring_snapshot(&view);
		while ((header = ring_next(&view))) {
			/* pid, ppid; tid, ptid */
			if (header->type == PERF_RECORD_FORK && header->size >= 24 &&
			    (u32)ring_word(&view, 16) == tid)
				return true;
			ring_advance(&view, header->size);
		}
	}
	return false;
}

struct err *sampler_attach(struct sampler *sampler, const u32 *tids, size_t count)
{
	size_t known = sampler->tids.len;

	if (!has_task_events(sampler))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (bsearch(&tids[i], sampler->tids.data, known, sizeof *tids, by_number) ||
		    (!sampler->options.no_inherit && saw_birth(sampler, tids[i])))
			continue;
		TRY(open_task(sampler, tids[i], false));
		*vec_push(&sampler->tids) = tids[i];
	}
	vec_sort(&sampler->tids, by_number);
	return NULL;
}

struct err *sampler_enable(struct sampler *sampler)
{
	sampler->enabled = true;
	vec_each (&sampler->open, open)
		if (open->event != NO_ID && !open->on_exec &&
		    perf_sys.ioctl(open->fd, PERF_EVENT_IOC_ENABLE, 0))
			return err_os(errno, "cannot start an event");
	return NULL;
}

void sampler_disable(struct sampler *sampler)
{
	sampler->enabled = false;
	vec_each (&sampler->open, open)
		perf_sys.ioctl(open->fd, PERF_EVENT_IOC_DISABLE, 0);
}

/* Without a descriptor that wakes us up, look so often. */
#define HUNG_UP_MS 10

int sampler_poll(struct sampler *sampler, int timeout_ms, struct pollfd *extra, size_t extra_count)
{
	u32 rings = sampler->ring_count;
	int ready;

	if (sampler->hung_up && (timeout_ms < 0 || timeout_ms > HUNG_UP_MS))
		timeout_ms = HUNG_UP_MS;
	sampler->polls = xreallocarray(sampler->polls, rings + extra_count, sizeof *extra);
	if (extra_count)
		memcpy(sampler->polls + rings, extra, extra_count * sizeof *extra);
	ready = poll(sampler->polls, rings + extra_count, timeout_ms);
	if (ready < 0)
		return ready;
	for (u32 i = 0; i < rings; i++) {
		/* The task that owns the ring's event has ended; others may still write to it. */
		if (sampler->polls[i].revents & (POLLHUP | POLLERR)) {
			sampler->polls[i].fd = -1;
			sampler->hung_up = true;
		}
	}
	for (size_t i = 0; i < extra_count; i++)
		extra[i].revents = sampler->polls[rings + i].revents;
	return ready;
}

static void count_record(struct sampler *sampler, const struct record *record)
{
	struct sampler_counts *counts = &sampler->counts;

	switch (record->type) {
	case PERF_RECORD_LOST:
		sampler->lost_in_records += record->lost.count;
		break;
	case PERF_RECORD_LOST_SAMPLES:
		counts->lost_samples += record->lost.count;
		break;
	case PERF_RECORD_THROTTLE:
		counts->throttled++;
		break;
	case PERF_RECORD_UNTHROTTLE:
		counts->unthrottled++;
		break;
	}
}

static void take_record(void *arg, struct record *record)
{
	struct sampler *sampler = arg;

	count_record(sampler, record);
	sampler->handler(sampler->handler_arg, record);
}

void sampler_drain(struct sampler *sampler, bool final, sampler_handler *handler, void *arg)
{
	struct timespec now;
	u64 limit = UINT64_MAX;

	if (!final && sampler->common_clock) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		limit = (u64)now.tv_sec * NSEC_PER_SEC + (u64)now.tv_nsec - ORDER_SLACK_NS;
	}
	sampler->handler = handler;
	sampler->handler_arg = arg;
	order_drain(&sampler->order, &sampler->formats, limit, take_record, sampler);
}

size_t sampler_event_count(const struct sampler *sampler)
{
	return sampler->events.len;
}

struct sampler_event sampler_event(const struct sampler *sampler, size_t index)
{
	const struct planned *planned = &sampler->events.data[index];

	return (struct sampler_event){
		.name = planned->event.name,
		.attr = &planned->event.attr,
		.call_graph = planned->call_graph,
		.cpu_wide = planned->cpu_wide,
		.is_clock = planned->event.is_clock,
		.is_fallback = planned->is_fallback,
	};
}

bool sampler_is_cpu_wide(const struct sampler *sampler)
{
	return sampler_any_cpu_wide(sampler);
}

u64 sampler_ring_bytes(const struct sampler *sampler)
{
	return sampler->ring_bytes;
}

u32 sampler_stack_bytes(const struct sampler *sampler)
{
	return sampler->stack_bytes;
}

size_t sampler_cpu_count(const struct sampler *sampler)
{
	return sampler->cpus.len;
}

u32 sampler_branch_depth(const struct sampler *sampler)
{
	struct pmu core;
	bool hybrid = pmu_core_types(&core, 1);

	(void)sampler;
	if (hybrid)
		pmu_release(&core);
	return (u32)pmu_number(hybrid ? "cpu_core" : "cpu", "caps/branches", 0);
}

void sampler_mark_stranger(struct sampler *sampler, u32 pid)
{
	if (sampler->sieve)
		sieve_mark(sampler->sieve, pid);
}

void sampler_unmark_stranger(struct sampler *sampler, u32 pid)
{
	if (sampler->sieve)
		sieve_unmark(sampler->sieve, pid);
}

bool sampler_sifts(const struct sampler *sampler, const char **why)
{
	*why = sampler->no_sieve;
	return sampler->sieve != NULL;
}

bool sampler_is_stranger(const struct sampler *sampler, u32 pid)
{
	return sampler->sieve && sieve_is_marked(sampler->sieve, pid);
}

size_t sampler_notices(const struct sampler *sampler, const char *const **out)
{
	*out = (const char *const *)sampler->notices.data;
	return sampler->notices.len;
}

/* LOST is written with the next record that finds room; losses behind the last one are known to the
   events alone (PERF_FORMAT_LOST, Linux 6.0). */
static u64 lost_in_events(struct sampler *sampler)
{
	u64 sum = 0, values[2];

	vec_each (&sampler->open, open)
		if (open->event != NO_ID &&
		    sampler->events.data[open->event].event.attr.read_format & PERF_FORMAT_LOST &&
		    perf_sys.read(open->fd, values, sizeof values) == sizeof values)
			sum += values[1];
	return sum;
}

struct sampler_counts sampler_counts(struct sampler *sampler)
{
	struct sampler_counts counts = sampler->counts;

	counts.lost = u64_max(sampler->lost_in_records, lost_in_events(sampler));
	counts.records = sampler->order.records;
	counts.late = sampler->order.late;
	counts.malformed = sampler->order.malformed;
	for (u32 i = 0; i < sampler->ring_count; i++)
		counts.malformed += sampler->rings[i].damaged != 0;
	return counts;
}
