/* What `aprof info` counts and prints. */
#include "report/view/info.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <aprof/alloc.h>
#include <aprof/text.h>

#include "report/render/style.h"
#include "report/view/view.h"

#define LABEL 13 /* columns of what a line is about */
#define WIDTH 80

static bool count_row(void *arg, const struct profile_row *row)
{
	struct info *info = arg;

	info->event_rows[row->event]++;
	info->thread_rows[row->thread]++;
	if (row->stack != NO_ID && !info->stack_seen[row->stack]) {
		info->stack_seen[row->stack] = true;
		info->stacks++;
	}
	return true;
}

static void count_frames(struct info *info)
{
	const struct profile *p = info->profile;

	for (u32 i = 0; i < p->frame_count; i++)
		if (p->frames[i].module < p->module_count)
			info->module_frames[p->frames[i].module]++;
}

struct err *info_open(struct info *info, const char *path)
{
	struct profile *p;

	*info = (struct info){ 0 };
	TRY(view_profile(&p, path));
	info->profile = p;
	info->path = xstrdup(path ? path : VIEW_DEFAULT_PROFILE);
	info->event_rows = xcalloc((size_t)p->event_count + 1, sizeof(u64));
	info->thread_rows = xcalloc((size_t)p->thread_count + 1, sizeof(u64));
	info->stack_seen = xcalloc((size_t)p->stack_count + 1, sizeof(bool));
	info->module_frames = xcalloc((size_t)p->module_count + 1, sizeof(u64));
	count_frames(info);
	return profile_rows(p, count_row, info);
}

void info_close(struct info *info)
{
	profile_close(info->profile);
	free(info->path);
	free(info->event_rows);
	free(info->thread_rows);
	free(info->module_frames);
	free(info->stack_seen);
}

/* A line about one thing; what does not fit goes on below, broken at spaces. */
static void field(FILE *out, const char *label, const char *text)
{
	size_t column = LABEL;

	fprintf(out, "%-*s", LABEL, label);
	while (*text) {
		size_t word = strcspn(text, " \n");

		if (column > LABEL && column + 1 + word > WIDTH) {
			fprintf(out, "\n%-*s", LABEL, "");
			column = LABEL;
		}
		if (column > LABEL) {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, word, out);
		column += word;
		text += word;
		text += strspn(text, " \n");
	}
	fputc('\n', out);
}

static void field_take(FILE *out, const char *label, struct text *text)
{
	if (text->len)
		field(out, label, text_str(text));
	text_release(text);
}

/* A fact, "" if the profile does not have it. */
static const char *fact(const struct info *info, const char *key)
{
	const char *value = profile_meta(info->profile, key);

	return value ? value : "";
}

static u64 fact_number(const struct info *info, const char *key)
{
	return strtoull(fact(info, key), NULL, 10);
}

/* "1 thread", "2,000 threads". */
static void add_count(struct text *t, u64 n, const char *noun)
{
	char buf[32];

	text_printf(t, "%s %s%s", format_count(n, buf), noun,
		    n == 1		    ? ""
		    : ends_with(noun, "ss") ? "es"
					    : "s");
}

static void print_file(const struct info *info, FILE *out)
{
	const struct profile *p = info->profile;
	struct text t = { 0 };
	char size[16];

	text_printf(&t, "%s, %s", info->path, format_size(p->file_size, size));
	if (p->rows)
		text_printf(&t, ", %.1f bytes a sample", (double)p->file_size / (double)p->rows);
	field_take(out, "File", &t);
	text_printf(&t, "version %u", p->version);
	if (*fact(info, "version"))
		text_printf(&t, ", written by aprof %s", fact(info, "version"));
	field_take(out, "Format", &t);
	if (!p->ended)
		field(out, "Ended", "early: the recorder was killed, or its disk was full");
	if (p->damaged_bytes || p->damaged_chunks) {
		add_count(&t, p->damaged_bytes, "damaged byte");
		text_add(&t, " skipped, ");
		add_count(&t, p->damaged_chunks, "chunk");
		text_add(&t, " lost");
		if (p->lost_references) {
			text_add(&t, ", which are missed by ");
			add_count(&t, p->lost_references, "reference");
		}
	}
	field_take(out, "Damage", &t);
}

static u64 duration_ns(const struct info *info)
{
	u64 start = fact_number(info, "start.monotonic_ns");
	u64 stop = fact_number(info, "stop.monotonic_ns");

	if (start && stop > start)
		return stop - start;
	return info->profile->last_time - info->profile->first_time;
}

static void print_when(const struct info *info, FILE *out)
{
	time_t wall = (time_t)(fact_number(info, "start.realtime_ns") / NSEC_PER_SEC);
	struct text t = { 0 };
	char buf[64];
	struct tm tm;

	if (wall && gmtime_r(&wall, &tm) && strftime(buf, sizeof buf, "%F %T UTC", &tm))
		text_printf(&t, "%s, for ", buf);
	text_add(&t, format_time((double)duration_ns(info), buf));
	if (*fact(info, "exit_status"))
		text_printf(&t, ", exit status %s", fact(info, "exit_status"));
	field_take(out, "Recorded", &t);
}

/* "prefix VALUE suffix" if the profile has the fact; commas between several. */
static void add_fact(struct text *t, const struct info *info, const char *prefix, const char *key,
		     const char *suffix)
{
	if (!*fact(info, key))
		return;
	text_printf(t, "%s%s%s%s", t->len ? ", " : "", prefix, fact(info, key), suffix);
}

static void add_bytes(struct text *t, const struct info *info, const char *prefix, const char *key,
		      const char *suffix)
{
	u64 bytes = fact_number(info, key);

	if (bytes)
		text_printf(t, "%s%s%" PRIu64 " KiB%s", t->len ? ", " : "", prefix, bytes >> 10,
			    suffix);
}

static void print_machine(const struct info *info, FILE *out)
{
	struct text t = { 0 };

	add_fact(&t, info, "", "command", "");
	field_take(out, "Command", &t);
	add_fact(&t, info, "", "target", "");
	field_take(out, "Target", &t);
	print_when(info, out);
	add_fact(&t, info, "", "host", "");
	add_fact(&t, info, "Linux ", "kernel", "");
	add_fact(&t, info, "", "cpu", "");
	add_fact(&t, info, "", "cpus", " CPUs");
	field_take(out, "Host", &t);
	add_fact(&t, info, "user id ", "euid", "");
	add_fact(&t, info, "perf_event_paranoid ", "paranoid", "");
	add_fact(&t, info, "kptr_restrict ", "kptr_restrict", "");
	field_take(out, "Rights", &t);
	add_fact(&t, info, "", "callgraph", "");
	add_bytes(&t, info, "", "stack_bytes", " copied");
	add_bytes(&t, info, "rings of ", "ring_bytes", " a CPU");
	field_take(out, "Stacks", &t);
}

static void print_events(const struct info *info, FILE *out)
{
	const struct profile *p = info->profile;
	char key[32], buf[32];

	for (u32 i = 0; i < p->event_count; i++) {
		const struct profile_event *e = &p->events[i];
		struct text t = { 0 };

		text_printf(&t, "%s", e->name);
		if (e->frequency)
			text_printf(&t, ", %s Hz", format_count(e->frequency, buf));
		else if (e->period)
			text_printf(&t, ", every %s %s", format_count(e->period, buf), e->unit);
		snprintf(key, sizeof key, "event.%u.scope", i);
		add_fact(&t, info, "by ", key, "");
		snprintf(key, sizeof key, "event.%u.space", i);
		add_fact(&t, info, "", key, "");
		text_add(&t, ": ");
		add_count(&t, info->event_rows[i], "sample");
		field_take(out, i ? "" : "Event", &t);
	}
}

static u32 process_count(const struct profile *p)
{
	struct intern pids;
	u32 count;

	intern_init(&pids);
	for (u32 i = 0; i < p->thread_count; i++)
		intern_bytes(&pids, &p->threads[i].pid, sizeof p->threads[i].pid);
	count = pids.count;
	intern_release(&pids);
	return count;
}

static void print_contents(const struct info *info, FILE *out)
{
	const struct profile *p = info->profile;
	struct text t = { 0 };

	add_count(&t, p->rows, "sample");
	text_add(&t, " of ");
	add_count(&t, p->thread_count, "thread");
	text_add(&t, " in ");
	add_count(&t, process_count(p), "process");
	field_take(out, "Samples", &t);
	if (p->branches) {
		add_count(&t, p->branches, "branch record");
		field_take(out, "", &t);
	}
	add_count(&t, info->stacks, "distinct stack");
	text_add(&t, ", ");
	add_count(&t, p->frame_count, "frame");
	text_add(&t, " in ");
	add_count(&t, p->module_count, "module");
	field_take(out, "", &t);
}

static void quality_line(FILE *out, u64 n, u64 all, const char *what, const char *reason)
{
	char buf[32];

	if (!n)
		return;
	fprintf(out, "  %12s", format_count(n, buf));
	if (all)
		fprintf(out, "  %5.1f %%", 100 * (double)n / (double)all);
	else
		fprintf(out, "  %7s", "");
	fprintf(out, "  %s%s%s\n", what, *reason ? ": " : "", reason);
}

/* An early end is "truncated" where the stack goes on and only its copy does not. */
static bool is_truncated(enum stop_reason stop)
{
	return stop == STOP_COPY_END || stop == STOP_DEPTH;
}

static void print_quality(const struct info *info, FILE *out)
{
	const struct file_quality *q = &info->profile->quality;
	u64 all = q->samples;

	fputs("\nQuality\n", out);
	quality_line(out, q->by_stop[STOP_END], all, "complete", "");
	for (enum stop_reason stop = STOP_END + 1; stop < STOP_COUNT; stop++)
		quality_line(out, q->by_stop[stop], all,
			     is_truncated(stop) ? "truncated" : "failed", stop_reason_text(stop));
	quality_line(out, q->kernel_only, all, "kernel frames only", "");
	quality_line(out, q->lost, 0, "records lost", "the kernel's buffers were full");
	quality_line(out, q->lost_samples, 0, "samples lost", "in the processor's buffer");
	quality_line(out, q->throttled, 0, "times throttled", "the kernel paused an event");
	quality_line(out, q->dropped_late, 0, "samples dropped", "their tables came too late");
	if (!all)
		fputs("  no samples\n", out);
}

static void print_problems(const struct info *info, FILE *out)
{
	const struct profile *p = info->profile;
	const char *title = "\nModules with problems\n";

	for (u32 i = 0; i < p->module_count; i++) {
		if (!p->modules[i].problem)
			continue;
		fprintf(out, "%s  %s\n      %s\n", title, p->modules[i].path,
			p->modules[i].problem);
		title = "";
	}
}

/* One sentence a line. */
static void print_notices(const struct info *info, FILE *out)
{
	const char *at = fact(info, "notices");

	if (*at)
		fputc('\n', out);
	for (bool first = true; *at; first = false) {
		struct text line = { 0 };
		size_t n = strcspn(at, "\n");

		text_add_n(&line, at, n);
		field_take(out, first ? "Notices" : "", &line);
		at += n + (at[n] == '\n');
	}
}

void info_print(const struct info *info, FILE *out)
{
	print_file(info, out);
	print_machine(info, out);
	print_events(info, out);
	print_contents(info, out);
	print_quality(info, out);
	print_problems(info, out);
	print_notices(info, out);
}

static const char *kind_text(enum module_kind kind)
{
	static const char *const texts[] = { "file", "vdso", "kernel", "JIT", "guest" };

	return (size_t)kind < ARRAY_LEN(texts) ? texts[kind] : "unknown";
}

void info_print_all(const struct info *info, FILE *out)
{
	const struct profile *p = info->profile;
	char id[2 * BUILD_ID_MAX + 1];
	const char *key, *value;

	fputs("\nModules (frames, kind, build id, path)\n", out);
	for (u32 i = 0; i < p->module_count; i++)
		fprintf(out, "  %8" PRIu64 " %-6s %s %s\n", info->module_frames[i],
			kind_text(p->modules[i].kind),
			p->modules[i].build_id.size ? build_id_text(&p->modules[i].build_id, id)
						    : "-",
			p->modules[i].path);
	fputs("\nThreads (samples, process, thread, name)\n", out);
	for (u32 i = 0; i < p->thread_count; i++)
		fprintf(out, "  %8" PRIu64 " %7d %7d %s\n", info->thread_rows[i], p->threads[i].pid,
			p->threads[i].tid, p->threads[i].comm);
	fputs("\nFacts\n", out);
	for (size_t i = 0; profile_meta_at(p, i, &key, &value); i++)
		fprintf(out, "  %s = %s\n", key, value);
	fprintf(out, "  epochs = %u\n", p->epochs);
}
