/*
 * Samples one by one, as `perf script` prints them: a line that says whose and when, then the stack
 * from the leaf outwards, then an empty line.
 *
 *	comm  pid/tid  [cpu] seconds:  period event:
 *		ADDRESS inlined_function+0xOFFSET (inlined)
 *		ADDRESS function+0xOFFSET (module)
 *
 * Addresses are those that `nm` shows, since a profile knows no others; perf has the same for stacks
 * that it unwinds itself. Offsets count from the symbol around the place, for inlined functions too.
 */
#include "report/render/script.h"

#include <inttypes.h>
#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "report/render/names.h"

static const struct {
	const char *name;
	u32 bit;
} fields[] = {
	{ "comm", SCRIPT_COMM },     { "pid", SCRIPT_PID },   { "tid", SCRIPT_TID },
	{ "cpu", SCRIPT_CPU },	     { "time", SCRIPT_TIME }, { "period", SCRIPT_PERIOD },
	{ "event", SCRIPT_EVENT },   { "ip", SCRIPT_IP },     { "sym", SCRIPT_SYM },
	{ "symoff", SCRIPT_SYMOFF }, { "dso", SCRIPT_DSO },   { "brstack", SCRIPT_BRSTACK },
};

static struct err *find_field(const char *name, u32 *bit)
{
	struct text names = { 0 };
	struct err *err;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (strcmp(fields[i].name, name) == 0) {
			*bit = fields[i].bit;
			text_release(&names);
			return NULL;
		}
		text_printf(&names, "%s%s", i ? ", " : "", fields[i].name);
	}
	err = err_hint(err_usage("--fields knows no '%s'", name), "the fields are %s",
		       text_str(&names));
	text_release(&names);
	return err;
}

struct err *script_fields(const char *list, u32 *out)
{
	AUTO_FREE char *copy = xstrdup(list);
	char *rest = copy, *word, sign = '+';
	u32 bits = *list == '+' || *list == '-' ? *out : 0, bit = 0;

	/* A sign holds until the next one: "-time,cpu". */
	while ((word = strsep(&rest, ","))) {
		if (*word == '+' || *word == '-')
			sign = *word++;
		TRY(find_field(word, &bit));
		bits = sign == '-' ? bits & ~bit : bits | bit;
	}
	*out = bits;
	return NULL;
}

void script_init(struct script *script)
{
	script->event_width = 0;
	for (u32 i = 0; i < script->profile->event_count; i++) {
		int width = (int)strlen(script->profile->events[i].name);

		if (width > script->event_width)
			script->event_width = width;
	}
	script->frames = xcalloc((size_t)script->profile->frame_count + 1, sizeof *script->frames);
}

void script_release(struct script *script)
{
	for (u32 i = 0; i < script->profile->frame_count; i++)
		free(script->frames[i]);
	free(script->frames);
	text_release(&script->text);
}

/* ---- the line of the sample ---- */

static void add_ids(struct text *out, u32 wanted, const struct profile_thread *thread)
{
	if (wanted & SCRIPT_PID && wanted & SCRIPT_TID)
		text_printf(out, "%7d/%-7d ", thread->pid, thread->tid);
	else if (wanted & (SCRIPT_PID | SCRIPT_TID))
		text_printf(out, "%7d ", wanted & SCRIPT_PID ? thread->pid : thread->tid);
}

static void add_head(struct script *s, const struct profile_row *row)
{
	const struct profile_thread *thread = &s->profile->threads[row->thread];
	struct text *out = &s->text;

	if (s->fields & SCRIPT_COMM) {
		if (*thread->comm)
			name_clean(out, thread->comm);
		else
			text_printf(out, ":%d", thread->tid);
		text_char(out, ' ');
	}
	add_ids(out, s->fields, thread);
	if (s->fields & SCRIPT_CPU)
		text_printf(out, "[%03u] ", row->cpu);
	if (s->fields & SCRIPT_TIME)
		text_printf(out, "%5" PRIu64 ".%06" PRIu64 ": ", (u64)(row->time / 1000000000),
			    (u64)(row->time % 1000000000 / 1000));
	if (s->fields & SCRIPT_PERIOD)
		text_printf(out, "%10" PRIu64 " ", (u64)row->weight);
	if (s->fields & SCRIPT_EVENT)
		text_printf(out, "%*s: ", s->event_width, s->profile->events[row->event].name);
	/* As perf has it: what is no stack stands on the same line. */
	if (out->len && s->fields & (SCRIPT_IP | SCRIPT_SYM | SCRIPT_DSO))
		text_char(out, '\n');
}

/* ---- the stack ---- */

static const char *module_name(const struct script *s, u32 module)
{
	const struct profile_module *m;

	if (module >= s->profile->module_count)
		return "[unknown]";
	m = &s->profile->modules[module];
	return m->kind == MODULE_KERNEL	 ? "[kernel.kallsyms]"
	       : m->kind == MODULE_GUEST ? "[guest.kernel.kallsyms]"
					 : m->path;
}

static void add_ip(const struct script *s, struct text *out, u64 address)
{
	text_char(out, '\t');
	if (s->fields & SCRIPT_IP)
		text_printf(out, "%16" PRIx64 "%s", address,
			    s->fields & (SCRIPT_SYM | SCRIPT_DSO) ? " " : "");
}

static void add_dso(const struct script *s, struct text *out, u32 module, bool inlined)
{
	const char *space = s->fields & SCRIPT_SYM ? " " : "";

	if (inlined) {
		text_printf(out, "%s(inlined)", space);
	} else if (s->fields & SCRIPT_DSO) {
		text_printf(out, "%s(", space);
		name_clean(out, module_name(s, module));
		text_char(out, ')');
	}
	text_char(out, '\n');
}

/* What `perf script` says in words of its own, and what reports mark is in the module here. */
static void add_name(const struct script *s, struct text *out, const struct function *f)
{
	switch (f->source) {
	case SYMBOL_NONE:
		text_add(out, "[unknown]");
		break;
	case SYMBOL_KERNEL:
		name_clean(out, f->demangled);
		break;
	default:
		name_clean(out, logical_function_name(s->logical, f->id));
	}
}

static void add_source_frame(const struct script *s, struct text *out, u32 frame,
			     const struct source_frame *from)
{
	const struct frame_place *place = &s->symbols->places[frame];
	const struct function *f = &s->symbols->functions[from->function];

	add_ip(s, out, place->address);
	if (s->fields & SCRIPT_SYM) {
		add_name(s, out, f);
		if (s->fields & SCRIPT_SYMOFF && place->symbol <= place->address &&
		    f->source != SYMBOL_NONE)
			text_printf(out, "+0x%" PRIx64, (u64)(place->address - place->symbol));
	}
	add_dso(s, out, s->profile->frames[frame].module, from->inlined);
}

static const char *frame_lines(struct script *s, u32 frame)
{
	const struct symbols *symbols = s->symbols;
	struct text text = { 0 };

	if (s->frames[frame])
		return s->frames[frame];
	for (u32 i = symbols->first[frame]; i < symbols->first[frame + 1]; i++) {
		const struct source_frame *from = &symbols->source_frames[i];

		if (!symbols_is_nameless(&symbols->functions[from->function], from))
			add_source_frame(s, &text, frame, from);
	}
	return s->frames[frame] = text_take(&text);
}

static void add_physical(struct script *s, u32 stack)
{
	while (stack < s->profile->stack_count) {
		u32 parent = s->profile->stacks[stack].parent;

		text_add(&s->text, frame_lines(s, s->profile->stacks[stack].frame));
		if (parent >= stack)
			break;
		stack = parent;
	}
}

/* A step stands for several places or for none, so it has no address. */
static void add_logical(struct script *s, const struct profile_row *row)
{
	const struct logical_stack *stack = logical_map(s->logical, row->stack, row->thread);
	const struct step *steps = stack->steps;

	for (u32 i = stack->count; i-- > 0;) {
		u32 f = steps[i].function;

		add_ip(s, &s->text, 0);
		if (s->fields & SCRIPT_SYM)
			name_clean(&s->text, logical_name(s->logical, steps[i].name));
		add_dso(s, &s->text,
			f < s->symbols->function_count ? s->symbols->functions[f].module : NO_ID,
			false);
	}
}

/* ---- the branches ---- */

static u64 branch_address(const struct script *s, u32 frame)
{
	const struct frame *f = &s->profile->frames[frame];

	return f->module == NO_ID ? f->offset : s->symbols->places[frame].address;
}

/* " 0xFROM/0xTO/P/-/-/CYCLES", the newest first: predicted or mispredicted, in a transaction, aborted. */
static void add_branches(struct script *s, const struct profile_row *row)
{
	for (u32 i = 0; i < row->branch_count; i++) {
		const struct branch_item *b = &row->branches[i];

		text_printf(&s->text, " 0x%" PRIx64 "/0x%" PRIx64 "/%c/%c/%c/%u ",
			    branch_address(s, b->from), branch_address(s, b->to),
			    b->flags & BRANCH_MISPREDICTED ? 'M' :
			    b->flags & BRANCH_PREDICTED	   ? 'P' :
							     '-',
			    b->flags & BRANCH_IN_TX ? 'X' : '-', b->flags & BRANCH_ABORT ? 'A' : '-',
			    b->cycles);
	}
}

void script_sample(struct script *s, const struct profile_row *row)
{
	text_clear(&s->text);
	add_head(s, row);
	if (s->fields & (SCRIPT_IP | SCRIPT_SYM | SCRIPT_DSO)) {
		if (s->logical_stacks)
			add_logical(s, row);
		else
			add_physical(s, row->stack);
	}
	if (s->fields & SCRIPT_BRSTACK)
		add_branches(s, row);
	if (s->text.len)
		text_char(&s->text, '\n');
	fwrite(s->text.at, 1, s->text.len, s->out);
}
