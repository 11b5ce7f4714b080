/* symbols_resolve: frames to jobs, one for each module, and what they find to source frames. */
#include "report/symbols/symbols.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "report/symbols/job.h"
#include "report/symbols/missing.h"
#include "report/symbols/names.h"
#include "report/symbols/packed.h"
#include "report/symbols/sister.h"

struct resolved {
	struct symbols symbols; /* first: what callers hold */
	struct names names;
	struct VEC(struct source_frame) source_frames;
	struct VEC(u32) first;
	struct missing_frames missing;
	struct missing_first missing_first;
};

/* A frame's source frames while they are in the order of their jobs. */
struct chain {
	u32 first, count; /* in resolver->chains_frames */
};

/* Places come in the order of their addresses, so the next one's symbol often is the last one's. */
struct last_symbol {
	const struct symbol *symbol; /* NULL: of another job */
	u32 function;
};

struct resolver {
	const struct profile *profile;
	struct resolved *out;
	struct VEC(struct job) jobs; /* one for each module with a file */
	struct chain *chains; /* of each frame, and of those that `missing` made up */
	size_t chain_count;
	struct missing missing;
	struct frame_place *places; /* of each frame; NULL if nobody wants them */
	struct VEC(struct source_frame) frames;
	struct last_symbol last;
	u64 done; /* places, for progress */
};

/* A return address belongs to the call before it: DESIGN's rule is applied here and nowhere else. */
u64 symbols_looked_up(const struct frame *frame)
{
	return frame->lookup == LOOKUP_RETURN && frame->offset ? frame->offset - 1 : frame->offset;
}

/* ---- one frame ---- */

static void set_chain(struct resolver *r, u32 frame, u32 count)
{
	r->chains[frame] = (struct chain){ (u32)r->frames.len - count, count };
}

/* A frame that is one function, with nothing known of inlined ones. */
static void set_single(struct resolver *r, u32 frame, u32 function)
{
	*vec_push(&r->frames) = (struct source_frame){ .function = function };
	set_chain(r, frame, 1);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void set_place(struct resolver *r, u32 frame, u64 address, u64 symbol)
{
	if (r->places)
		r->places[frame] = (struct frame_place){ address, symbol };
}

/* The address of a place that no file of the module tells. */
static u64 address_of(const struct resolver *r, u32 module, u64 offset)
{
	return r->profile->modules[module].kind == MODULE_KERNEL ? KERNEL_BASE + offset : offset;
}

/* "[libfoo.so]", or "libfoo.so+0x1200" where .eh_frame says that a function starts there. */
static void set_unknown(struct resolver *r, u32 frame, u32 module, struct binary *bin, u64 vaddr)
{
	static const char *const texts[] = {
		[MODULE_VDSO] = "[vdso]",
		[MODULE_KERNEL] = "[kernel]",
		[MODULE_JIT] = "[anonymous code]",
		[MODULE_GUEST] = "[guest]",
	};
	const struct profile_module *m = &r->profile->modules[module];
	struct code_span span;
	struct text text = { 0 };

	if (bin && binary_code_span_at(bin, vaddr, &span))
		text_printf(&text, "%s+0x%llx", base_name(m->path), (unsigned long long)span.start);
	else if (m->kind < ARRAY_LEN(texts) && texts[m->kind])
		text_add(&text, texts[m->kind]);
	else
		text_printf(&text, "[%s]", base_name(m->path));
	set_single(r, frame, names_text(&r->out->names, module, SYMBOL_NONE, text.at));
	text_release(&text);
	r->out->symbols.unresolved++;
}

static void set_end(struct resolver *r, u32 id, const struct frame *frame)
{
	struct names *names = &r->out->names;
	struct text text = { 0 };

	if (frame->status == FRAME_FAILED)
		text_printf(&text, "[failed: %s]",
			    stop_reason_text(frame->offset < STOP_COUNT ? (int)frame->offset :
									  STOP_BAD_RULE));
	else if (frame->status == FRAME_OK || frame->status == FRAME_SKID)
		text_add(&text, "[unknown]");
	else
		text_printf(&text, "[%s]", frame_status_text(frame->status));
	if (frame->status == FRAME_OK || frame->status == FRAME_SKID) {
		r->out->symbols.unresolved++;
		set_single(r, id, names_text(names, NO_ID, SYMBOL_NONE, text.at));
	} else {
		set_single(r, id, names_text(names, NO_ID, SYMBOL_END, text.at));
	}
	text_release(&text);
}

/* Names that came with the profile: of the kernel, of JIT code, or packed. False if there is none. */
static bool set_by_profile(struct resolver *r, u32 frame, u32 module, u64 offset)
{
	static const enum symbol_source sources[] = {
		[MODULE_FILE] = SYMBOL_TABLE,	  [MODULE_VDSO] = SYMBOL_TABLE,
		[MODULE_KERNEL] = SYMBOL_KERNEL, [MODULE_JIT] = SYMBOL_JIT,
		[MODULE_GUEST] = SYMBOL_KERNEL,
	};
	const struct profile_name *name = profile_name_at(r->profile, module, offset);
	enum module_kind kind = r->profile->modules[module].kind;

	if (!name)
		return false;
	set_single(r, frame,
		   names_symbol(&r->out->names, module,
				kind < ARRAY_LEN(sources) ? sources[kind] : SYMBOL_TABLE,
				name->name));
	set_place(r, frame, address_of(r, module, offset), address_of(r, module, name->start));
	return true;
}

/* A place that `aprof pack` named. False if there is none. */
static bool set_by_pack(struct resolver *r, u32 frame, u32 module, u64 offset)
{
	const struct packed_place *place;
	const struct packed_names *names = packed_find(r->profile, module, offset, &place);

	if (!names)
		return false;
	for (u32 i = 0; i < place->count; i++) {
		const struct packed_frame *from = &names->frames.data[place->first + i];

		*vec_push(&r->frames) = (struct source_frame){
			.function = names_packed(&r->out->names, module, names,
						 &names->functions.data[from->function]),
			.line = from->line,
			.file = from->file == NO_ID ?
					NULL :
					names_file(&r->out->names, names->strings.data[from->file]),
			.inlined = i + 1 < place->count,
		};
	}
	set_chain(r, frame, place->count);
	return true;
}

/* ---- jobs ---- */

static struct job *job_of(struct resolver *r, u32 module, u32 *job_ids)
{
	if (job_ids[module] == NO_ID) {
		job_ids[module] = (u32)r->jobs.len;
		job_init(vec_push(&r->jobs), &r->profile->modules[module], module);
	}
	return &r->jobs.data[job_ids[module]];
}

/* Frames of modules with bytes go to the module's job; all others are named at once. */
static void sort_frames(struct resolver *r)
{
	const struct profile *profile = r->profile;
	u32 *job_ids = xmalloc(sizeof *job_ids * (profile->module_count + 1));

	memset(job_ids, 0xff, sizeof *job_ids * profile->module_count);
	for (u32 i = 0; i < profile->frame_count; i++) {
		const struct frame *frame = &profile->frames[i];
		u64 offset = symbols_looked_up(frame);
		enum module_kind kind;

		if (frame->module >= profile->module_count) {
			set_place(r, i, frame_is_end(frame) ? 0 : frame->offset, UINT64_MAX);
			set_end(r, i, frame);
			continue;
		}
		set_place(r, i, address_of(r, frame->module, offset), UINT64_MAX);
		if (set_by_pack(r, i, frame->module, offset))
			continue;
		kind = profile->modules[frame->module].kind;
		if (kind == MODULE_FILE || kind == MODULE_VDSO)
			*vec_push(&job_of(r, frame->module, job_ids)->places) =
				(struct place){ .offset = offset, .frame = i };
		else if (!set_by_profile(r, i, frame->module, offset))
			set_unknown(r, i, frame->module, NULL, 0);
	}
	free(job_ids);
}

/* One level of a chain whose outermost function is in `symbol`, NULL if there is none. */
static void add_level(struct resolver *r, struct job *job, const struct dwarf_frame *from,
		      const struct symbol *symbol, bool is_outermost, bool shared)
{
	struct names *names = &r->out->names;
	const char *name = symbol ? symbol->name : NULL;
	u32 function;

	if (!from->function)
		function = names_symbol(names, job->id, SYMBOL_LINES, name);
	else
		/* Line tables alone have no linkage names: that of the outermost is the symbol. */
		function = names_dwarf(names, job->id, from->function,
				       is_outermost && names_is_bare(from->function) ? name : NULL,
				       shared);
	*vec_push(&r->frames) = (struct source_frame){
		.function = function,
		.line = from->line,
		.column = from->column,
		.file = names_file(names, from->file),
		.inlined = !is_outermost,
	};
}

/* False if the chain is a line in a function that nobody knows. */
static bool set_dwarf(struct resolver *r, struct job *job, const struct place *place)
{
	const struct dwarf_frame *chain = job->chains.data + place->first;
	const struct dwarf_function *outermost = chain[place->count - 1].function;
	const struct symbol *symbol = NULL;

	/* A Rust function's symbol says whether the code is another function's too. */
	if (!outermost || outermost->language == DW_LANG_Rust || names_is_bare(outermost))
		symbol = job_symbol_at(job, place->vaddr);
	if (!outermost && !symbol)
		return false;
	for (u32 i = 0; i < place->count; i++)
		add_level(r, job, &chain[i], symbol, i + 1 == place->count,
			  symbol && symbol->shared && i + 1 == place->count);
	set_chain(r, place->frame, place->count);
	return true;
}

static u32 function_of(struct resolver *r, struct job *job, const struct symbol *symbol)
{
	if (r->last.symbol != symbol)
		r->last = (struct last_symbol){
			symbol, names_symbol(&r->out->names, job->id, SYMBOL_TABLE, symbol->name)
		};
	return r->last.function;
}

/* The function that a place is in, by the tables of symbols. */
static void set_symbol(struct resolver *r, struct job *job, const struct place *place)
{
	const struct symbol *symbol =
		place->vaddr == UINT64_MAX ? NULL : job_symbol_at(job, place->vaddr);

	if (symbol) {
		set_single(r, place->frame, function_of(r, job, symbol));
		r->out->symbols.without_dwarf += !place->symbol_only;
	} else if (!set_by_profile(r, place->frame, job->id, place->offset)) {
		set_unknown(r, place->frame, job->id, job->files[FILE_OWN], place->vaddr);
	}
}

static void set_job_place(struct resolver *r, struct job *job, const struct place *place)
{
	const struct symbol *symbol;

	if (!r->places || place->vaddr == UINT64_MAX || place->frame >= r->profile->frame_count)
		return;
	symbol = job_symbol_at(job, place->vaddr);
	set_place(r, place->frame, place->vaddr, symbol ? symbol->vaddr : UINT64_MAX);
}

static void collect(struct resolver *r, struct job *job)
{
	r->last = (struct last_symbol){ 0 };
	vec_each(&job->places, place) {
		set_job_place(r, job, place);
		if (!place->count || place->symbol_only || !set_dwarf(r, job, place))
			set_symbol(r, job, place);
	}
	vec_each(&job->notices, text)
		notice("%s", *text);
}

/* ---- the result ---- */

/* Source frames in the order of frames. */
static void finish(struct resolver *r)
{
	struct resolved *out = r->out;
	u32 count = r->profile->frame_count;

	vec_reserve(&out->source_frames, r->frames.len + 1);
	vec_reserve(&out->first, (size_t)count + 1);
	for (u32 i = 0; i < count; i++) {
		*vec_push(&out->first) = (u32)out->source_frames.len;
		vec_append(&out->source_frames, r->frames.data + r->chains[i].first,
			   r->chains[i].count);
	}
	*vec_push(&out->first) = (u32)out->source_frames.len;
	out->symbols.source_frames = out->source_frames.data;
	out->symbols.first = out->first.data;
	out->symbols.places = r->places;
	out->symbols.functions = out->names.functions.data;
	out->symbols.function_count = (u32)out->names.functions.len;
}

static struct missing_chain chain_of_frame(void *arg, u32 frame)
{
	const struct resolver *r = arg;

	return (struct missing_chain){ r->frames.data + r->chains[frame].first,
				       r->chains[frame].count };
}

static void finish_missing(struct resolver *r)
{
	struct resolved *out = r->out;

	missing_collect(&r->missing, chain_of_frame, r, &out->missing, &out->missing_first);
	out->symbols.missing_of = missing_by_stack(&r->missing);
	out->symbols.missing_first = out->missing_first.data;
	out->symbols.missing = out->missing.data;
}

static void grow_chains(struct resolver *r)
{
	size_t before = r->chain_count;

	r->chain_count = (size_t)r->missing.frame_count + 1;
	r->chains = xrealloc(r->chains, r->chain_count * sizeof *r->chains);
	memset(r->chains + before, 0, (r->chain_count - before) * sizeof *r->chains);
}

/* Progress is told by the one with the most places. */
static void show_progress(struct resolver *r, struct job *jobs, size_t count,
			  struct progress *progress)
{
	struct job *most = jobs;

	progress_at(progress, r->done);
	for (size_t i = 0; i < count; i++) {
		if (jobs[i].places.len > most->places.len)
			most = &jobs[i];
		r->done += jobs[i].places.len;
	}
	most->progress = progress;
	most->done = r->done - most->places.len;
}

static void release(void *arg, size_t i)
{
	(void)i;
	job_release(arg);
	free(arg);
}

/* Giving up a mapping of many megabytes takes milliseconds: it is done beside what comes next. */
static void release_later(struct crew *crew, const struct job *job)
{
	struct job *gone = xmalloc(sizeof *gone);

	*gone = *job;
	crew_add(crew, release, gone, 0, 0);
}

/* Opens, runs and collects some jobs. */
static void run_jobs(struct resolver *r, struct job *jobs, size_t count,
		     const struct symbols_options *options, struct sisters *sisters,
		     struct progress *progress)
{
	struct crew *crew = options->crew;

	jobs_start(crew, jobs, count, options, sisters);
	show_progress(r, jobs, count, progress);
	missing_start(&r->missing, crew, jobs, count);
	jobs_finish(crew);
	/* Before the notices that jobs have. */
	progress_end(progress);
	missing_finish(&r->missing, jobs, count);
	grow_chains(r);
	for (size_t i = 0; i < count; i++) {
		collect(r, &jobs[i]);
		release_later(crew, &jobs[i]);
	}
}

struct err *symbols_resolve(struct symbols **out, const struct profile *profile,
			    const struct symbols_options *options)
{
	struct resolver r = { .profile = profile };
	struct sisters sisters = { 0 };
	struct progress progress;
	struct err *err;

	*out = NULL;
	err = sisters_init(&sisters, options->debug_binaries);
	if (err) {
		sisters_release(&sisters);
		return err;
	}
	r.out = xzalloc(sizeof *r.out);
	names_init(&r.out->names);
	r.chain_count = (size_t)profile->frame_count + 1;
	r.chains = xcalloc(r.chain_count, sizeof *r.chains);
	if (options->places)
		r.places = xcalloc((size_t)profile->frame_count + 1, sizeof *r.places);
	missing_init(&r.missing, profile);
	sort_frames(&r);
	progress_start(&progress, "Reading symbols", profile->frame_count);
	for (size_t at = 0; at < r.jobs.len; at += JOBS_TOGETHER) {
		size_t left = r.jobs.len - at;

		run_jobs(&r, r.jobs.data + at, left < JOBS_TOGETHER ? left : JOBS_TOGETHER, options,
			 &sisters, &progress);
	}
	sisters_notice_unused(&sisters);
	names_demangle(&r.out->names, options->crew);
	finish(&r);
	finish_missing(&r);
	*out = &r.out->symbols;
	vec_release(&r.jobs);
	vec_release(&r.frames);
	free(r.chains);
	missing_release(&r.missing);
	sisters_release(&sisters);
	return NULL;
}

void symbols_free(struct symbols *symbols)
{
	struct resolved *resolved = (struct resolved *)symbols;

	if (!resolved)
		return;
	names_release(&resolved->names);
	vec_release(&resolved->source_frames);
	vec_release(&resolved->first);
	vec_release(&resolved->missing);
	vec_release(&resolved->missing_first);
	free((void *)resolved->symbols.missing_of);
	free((void *)resolved->symbols.places);
	free(resolved);
}
