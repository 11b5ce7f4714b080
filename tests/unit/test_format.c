/* A reader written from docs/format.md, in another language, sees what the loader sees. */
#include <aprof/alloc.h>
#include <aprof/text.h>

#include "tests/unit/model.h"

struct lines VEC(char *);

struct view {
	struct profile *profile;
	u64 *samples; /* by stack; the last is that of no stack */
	u64 weight;
	u64 cpus[FILE_MAX_CPUS];
	struct lines branches;
};

static void add_place(struct text *line, const struct profile *p, u32 frame);

static bool count_row(void *arg, const struct profile_row *row)
{
	struct view *v = arg;

	v->samples[row->stack == NO_ID ? v->profile->stack_count : row->stack]++;
	v->weight += row->weight;
	v->cpus[row->cpu]++;
	for (u32 i = 0; i < row->branch_count; i++) {
		const struct branch_item *b = &row->branches[i];
		struct text line = { 0 };

		add_place(&line, v->profile, b->from);
		text_char(&line, '/');
		add_place(&line, v->profile, b->to);
		text_printf(&line, " %u %u", b->flags, b->cycles);
		*vec_push(&v->branches) = text_take(&line);
	}
	return true;
}

static void add_place(struct text *line, const struct profile *p, u32 frame)
{
	const struct frame *f = &p->frames[frame];
	unsigned int kind = f->lookup | (unsigned int)f->space << 2 |
			    (unsigned int)f->status << 4 | (unsigned int)f->source << 8;

	text_printf(line, "%s+%llx/%x", f->module == NO_ID ? "" : p->modules[f->module].path,
		    (unsigned long long)f->offset, kind);
}

static void add_frame(struct text *line, const struct profile *p, u32 stack)
{
	if (p->stacks[stack].parent != NO_ID) {
		add_frame(line, p, p->stacks[stack].parent);
		text_char(line, ';');
	}
	add_place(line, p, p->stacks[stack].frame);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines in byte order, without their counts, as Python sorts them. */
static void add_stacks(struct text *out, const struct view *v)
{
	u32 count = v->profile->stack_count + 1, n = 0;
	char **lines = xcalloc(count, sizeof(*lines));

	for (u32 i = 0; i < count; i++) {
		struct text line = { 0 };

		if (!v->samples[i])
			continue;
		if (i < count - 1)
			add_frame(&line, v->profile, i);
		/* A byte below all others stands for the space, so that a prefix sorts first. */
		text_printf(&line, "\1%llu", (unsigned long long)v->samples[i]);
		lines[n++] = text_take(&line);
	}
	qsort(lines, n, sizeof(*lines), by_text);
	for (u32 i = 0; i < n; i++) {
		*strchr(lines[i], '\1') = ' ';
		text_printf(out, "%s\n", lines[i]);
		free(lines[i]);
	}
	free(lines);
}

static void add_branches(struct text *out, struct lines *lines)
{
	size_t same = 1;

	vec_sort(lines, by_text);
	for (size_t i = 0; i < lines->len; i += same) {
		for (same = 1; i + same < lines->len; same++)
			if (strcmp(lines->data[i], lines->data[i + same]) != 0)
				break;
		text_printf(out, "branch %s %zu\n", lines->data[i], same);
	}
	vec_each(lines, line)
		free(*line);
	vec_release(lines);
}

static char *our_view(struct profile *p)
{
	struct view v = { .profile = p };
	struct text out = { 0 };

	v.samples = xcalloc((size_t)p->stack_count + 1, sizeof *v.samples);
	CHECK(profile_rows(p, count_row, &v) == NULL);
	text_printf(&out, "rows %llu weight %llu ended %d lost %llu first %llu last %llu\n",
		    (unsigned long long)p->rows, (unsigned long long)v.weight, p->ended,
		    (unsigned long long)p->quality.lost,
		    (unsigned long long)p->first_time / ROW_TICK_NS,
		    (unsigned long long)p->last_time / ROW_TICK_NS);
	for (u32 i = 0; i < FILE_MAX_CPUS; i++)
		if (v.cpus[i])
			text_printf(&out, "cpu %u %llu\n", i, (unsigned long long)v.cpus[i]);
	add_branches(&out, &v.branches);
	/* In order of their keys, as the model has them. */
	text_printf(&out, "meta command '%s'\n", profile_meta(p, "command"));
	text_printf(&out, "meta event.0.freq '%s'\n", profile_meta(p, "event.0.freq"));
	text_printf(&out, "meta event.0.name '%s'\n", profile_meta(p, "event.0.name"));
	text_printf(&out, "meta event.0.unit '%s'\n", profile_meta(p, "event.0.unit"));
	add_stacks(&out, &v);
	free(v.samples);
	return text_take(&out);
}

static char *their_view(int fd)
{
	const char *source = getenv("SRCDIR");
	struct text out = { 0 };
	char command[512], block[4096];
	size_t n;
	FILE *f;

	snprintf(command, sizeof command,
		 "exec python3 '%s/tests/cli/format_reader.py' /proc/%d/fd/%d",
		 source ? source : ".", getpid(), fd);
	f = popen(command, "r");
	if (!CHECK(f))
		return text_take(&out);
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		text_add_n(&out, block, n);
	CHECK_EQ(pclose(f), 0);
	return text_take(&out);
}

static void compare(const struct model *m)
{
	int fd = model_write(m);
	struct profile *p;
	struct err *err = profile_open_fd(&p, dup(fd), "model");
	char *ours, *theirs;

	if (err)
		exit(err_report(err));
	ours = our_view(p);
	theirs = their_view(fd);
	CHECK(strlen(ours) > 1000);
	CHECK_STR(theirs, ours);
	free(ours);
	free(theirs);
	profile_close(p);
	close(fd);
}

int main(void)
{
	static const struct model models[] = {
		{ .rows = 3000, .modules = 300, .threads = 300, .events = 3, .stacks = 700,
		  .seed = 21 },
		{ .rows = 1000, .modules = 5, .threads = 2, .events = 1, .stacks = 200,
		  .seed = 22, .epoch_nodes = 1000, .flush_rows = 50, .branches = true },
	};

	if (system("python3 -c '' && zstd -V >/dev/null") != 0)
		CHECK_SKIP("needs python3 and zstd");
	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		compare(&models[i]);
	return check_done();
}
