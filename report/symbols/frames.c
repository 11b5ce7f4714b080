/* Frames by what is known without their file: ends of stacks, names of the profile, modules. */
#include "report/symbols/resolver.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#include "report/symbols/packed.h"

void resolver_set_chain(struct resolver *r, u32 frame, u32 count)
{
	r->chains[frame] = (struct frame_chain){ (u32)r->frames.len - count, count };
}

void resolver_set_single(struct resolver *r, u32 frame, u32 function)
{
	*vec_push(&r->frames) = (struct source_frame){ .function = function };
	resolver_set_chain(r, frame, 1);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void resolver_set_place(struct resolver *r, u32 frame, u64 address, u64 symbol)
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
void resolver_set_unknown(struct resolver *r, u32 frame, u32 module, struct binary *bin, u64 vaddr)
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
	resolver_set_single(r, frame, names_text(&r->out->names, module, SYMBOL_NONE, text.at));
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
		resolver_set_single(r, id, names_text(names, NO_ID, SYMBOL_NONE, text.at));
	} else {
		resolver_set_single(r, id, names_text(names, NO_ID, SYMBOL_END, text.at));
	}
	text_release(&text);
}

/* Names that came with the profile: of the kernel, of JIT code, or packed. False if there is none. */
bool resolver_set_by_profile(struct resolver *r, u32 frame, u32 module, u64 offset)
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
	resolver_set_single(r, frame,
		   names_symbol(&r->out->names, module,
				kind < ARRAY_LEN(sources) ? sources[kind] : SYMBOL_TABLE,
				name->name));
	resolver_set_place(r, frame, address_of(r, module, offset), address_of(r, module, name->start));
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
	resolver_set_chain(r, frame, place->count);
	return true;
}

static struct job *job_of(struct resolver *r, u32 module, u32 *job_ids)
{
	if (job_ids[module] == NO_ID) {
		job_ids[module] = (u32)r->jobs.len;
		job_init(vec_push(&r->jobs), &r->profile->modules[module], module);
	}
	return &r->jobs.data[job_ids[module]];
}

void resolver_sort_frames(struct resolver *r)
{
	const struct profile *profile = r->profile;
	u32 *job_ids = xmalloc(sizeof *job_ids * (profile->module_count + 1));

	memset(job_ids, 0xff, sizeof *job_ids * profile->module_count);
	for (u32 i = 0; i < profile->frame_count; i++) {
		const struct frame *frame = &profile->frames[i];
		u64 offset = symbols_looked_up(frame);
		enum module_kind kind;

		if (frame->module >= profile->module_count) {
			resolver_set_place(r, i, frame_is_end(frame) ? 0 : frame->offset, UINT64_MAX);
			set_end(r, i, frame);
			continue;
		}
		resolver_set_place(r, i, address_of(r, frame->module, offset), UINT64_MAX);
		if (set_by_pack(r, i, frame->module, offset))
			continue;
		kind = profile->modules[frame->module].kind;
		if (kind == MODULE_FILE || kind == MODULE_VDSO)
			*vec_push(&job_of(r, frame->module, job_ids)->places) =
				(struct place){ .offset = offset, .frame = i };
		else if (!resolver_set_by_profile(r, i, frame->module, offset))
			resolver_set_unknown(r, i, frame->module, NULL, 0);
	}
	free(job_ids);
}
