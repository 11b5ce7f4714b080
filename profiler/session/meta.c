/* Facts about the recording, as meta data of the profile. */
#include "profiler/session/meta.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <aprof/cleanup.h>
#include <aprof/text.h>

#include <config.h>

#include "profiler/session/event_meta.h"

static void put_u64(struct session *s, const char *key, u64 value)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	store_meta(s->store, key, text);
}

/* The command as a shell would take it, near enough to be read. */
static void put_command(struct session *s)
{
	struct text line = { 0 };

	for (char *const *arg = s->options->command; arg && *arg; arg++) {
		if (line.len)
			text_char(&line, ' ');
		text_add(&line, *arg);
	}
	store_meta(s->store, "command", text_str(&line));
	text_release(&line);
}

static void put_targets(struct session *s)
{
	struct text list = { 0 };

	if (s->options->sampling.system_wide)
		text_add(&list, "system-wide");
	vec_each(&s->options->pids, pid) text_printf(&list, "%spid %u", list.len ? ", " : "", *pid);
	vec_each(&s->options->tids, tid) text_printf(&list, "%stid %u", list.len ? ", " : "", *tid);
	store_meta(s->store, "target", text_str(&list));
	text_release(&list);
}

/* The first line of a file of /proc whose text begins with `prefix`, from behind the colon. */
static void put_line(struct session *s, const char *key, const char *path, const char *prefix)
{
	AUTO_FCLOSE FILE *f = fopen(path, "re");
	char line[256];
	char *value;

	while (f && fgets(line, sizeof line, f)) {
		if (!starts_with(line, prefix))
			continue;
		line[strcspn(line, "\n")] = '\0';
		value = *prefix ? strchr(line, ':') : NULL;
		value = value ? value + 1 + strspn(value + 1, " \t") : line;
		store_meta(s->store, key, value);
		return;
	}
}

static void put_machine(struct session *s)
{
	struct utsname name;

	if (uname(&name) == 0) {
		store_meta(s->store, "host", name.nodename);
		store_meta(s->store, "kernel", name.release);
	}
	put_line(s, "cpu", "/proc/cpuinfo", "model name");
	put_u64(s, "cpus", sampler_cpu_count(s->sampler));
	put_line(s, "paranoid", "/proc/sys/kernel/perf_event_paranoid", "");
	put_line(s, "kptr_restrict", "/proc/sys/kernel/kptr_restrict", "");
	put_u64(s, "euid", geteuid());
}

static void put_events(struct session *s)
{
	for (size_t i = 0; i < sampler_event_count(s->sampler); i++) {
		const struct sampler_event e = sampler_event(s->sampler, i);

		event_meta_put(s->store, i, e.name, e.is_clock, e.attr);
		event_meta_text(s->store, i, "scope", e.cpu_wide ? "cpu" : "task");
	}
}

static void put_stacks(struct session *s)
{
	static const char *const names[] = {
		[CALL_GRAPH_DWARF] = "dwarf",
		[CALL_GRAPH_FP] = "fp",
		[CALL_GRAPH_NONE] = "none",
		[CALL_GRAPH_LBR] = "lbr",
		[CALL_GRAPH_DWARF_LBR] = "dwarf,lbr",
	};

	store_meta(s->store, "callgraph", names[sampler_event(s->sampler, 0).call_graph]);
	put_u64(s, "stack_bytes", sampler_stack_bytes(s->sampler));
	put_u64(s, "ring_bytes", sampler_ring_bytes(s->sampler));
}

static void put_start(struct session *s)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	put_u64(s, "start.realtime_ns", (u64)wall.tv_sec * NSEC_PER_SEC + (u64)wall.tv_nsec);
	put_u64(s, "start.monotonic_ns", session_now());
	store_meta(s->store, "clock", "monotonic");
}

void session_write_meta(struct session *s)
{
	const char *const *notices;
	size_t count = sampler_notices(s->sampler, &notices);
	struct text all = { 0 };

	store_meta(s->store, "version", APROF_VERSION);
	put_command(s);
	put_targets(s);
	put_start(s);
	put_machine(s);
	put_events(s);
	put_stacks(s);
	for (size_t i = 0; i < count; i++)
		text_printf(&all, "%s%s", i ? "\n" : "", notices[i]);
	if (count)
		store_meta(s->store, "notices", text_str(&all));
	text_release(&all);
}

void session_write_end(struct session *s)
{
	put_u64(s, "stop.monotonic_ns", s->stopped);
	if (s->child.ended)
		put_u64(s, "exit_status", (u64)child_exit_status(&s->child));
}
