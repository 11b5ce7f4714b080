/* Chains and symbols that a job found, as source frames. */
#include "report/symbols/resolver.h"

#include <dwarf.h>

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
	resolver_set_chain(r, place->frame, place->count);
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
		resolver_set_single(r, place->frame, function_of(r, job, symbol));
		r->out->symbols.without_dwarf += !place->symbol_only;
	} else if (!resolver_set_by_profile(r, place->frame, job->id, place->offset)) {
		resolver_set_unknown(r, place->frame, job->id, job->files[FILE_OWN], place->vaddr);
	}
}

static void set_job_place(struct resolver *r, struct job *job, const struct place *place)
{
	const struct symbol *symbol;

	if (!r->places || place->vaddr == UINT64_MAX || place->frame >= r->profile->frame_count)
		return;
	symbol = job_symbol_at(job, place->vaddr);
	resolver_set_place(r, place->frame, place->vaddr, symbol ? symbol->vaddr : UINT64_MAX);
}

void resolver_collect(struct resolver *r, struct job *job)
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
