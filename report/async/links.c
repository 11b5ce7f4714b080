/* Links of frames, and of stacks: what was inlined, and what tail calls left out. */
#include "report/async/links.h"

#include <stdlib.h>

#include <aprof/alloc.h>

static void add_link(const struct links *links, const struct source_frame *from, bool missing,
		     struct link_vec *out)
{
	const struct kind *kind;

	if (from->function >= links->symbols->function_count)
		return;
	kind = kind_of(links->kinds, from->function);
	if (kind->nameless && from->inlined)
		return;
	*vec_push(out) = (struct link){
		.function = from->function,
		.line = from->line,
		.column = from->column,
		.file = from->file,
		.kind = kind,
		.role = kind->role,
		.inlined = from->inlined,
		.missing = missing,
	};
}

/* Code that bodies are inlined into: what calls them. */
static bool polls(u8 role)
{
	switch (role) {
	case ROLE_BODY:
	case ROLE_FUTURE:
	case ROLE_GLUE:
	case ROLE_POLL_FN:
	case ROLE_INSTRUMENTED:
	case ROLE_SPAWN:
	case ROLE_BLOCK_ON:
	case ROLE_BLOCKING:
		return true;
	default:
		return false;
	}
}

/*
 * LLVM gives code that it made one of two places line 0, and the function around both: which of the
 * bodies that are inlined there it stands for is lost (DILocation::getMergedLocation). The leaf of a
 * stack calls nobody.
 */
static void mark_merged(struct link *links, size_t count, bool leaf)
{
	for (size_t i = 0; i < count; i++)
		links[i].merged = polls(links[i].role) && !links[i].line && links[i].file &&
				  !(leaf && i == 0);
	/* GenFuture::poll has one argument: the body. Two of them poll two bodies. */
	if (count > 1 && links[count - 1].kind->shared && links[count - 1].kind->generator)
		links[count - 2].merged = true;
}

void links_init(struct links *links, const struct profile *profile, const struct symbols *symbols,
		struct kinds *kinds)
{
	struct link_vec *all = &links->all;

	*links = (struct links){ profile, symbols, kinds, .first = NULL };
	links->first = xcalloc((size_t)profile->frame_count + 1, sizeof *links->first);
	vec_reserve(all, symbols->first[profile->frame_count]);
	for (u32 frame = 0; frame < profile->frame_count; frame++) {
		links->first[frame] = (u32)all->len;
		for (u32 i = symbols->first[frame]; i < symbols->first[frame + 1]; i++)
			add_link(links, &symbols->source_frames[i], false, all);
		mark_merged(all->data + links->first[frame], all->len - links->first[frame], false);
	}
	links->first[profile->frame_count] = (u32)all->len;
}

void links_release(struct links *links)
{
	vec_release(&links->all);
	free(links->first);
}

static void add_frame(const struct links *links, u32 frame, struct link_vec *out)
{
	size_t count = links->first[frame + 1] - links->first[frame];
	bool leaf = !out->len;

	if (!count)
		return;
	vec_append(out, links->all.data + links->first[frame], count);
	if (leaf)
		mark_merged(out->data, count, true);
}

/* What tail calls left out between the stack's innermost frame and its caller. */
static void add_missing(const struct links *links, u32 stack, struct link_vec *out)
{
	const struct symbols *symbols = links->symbols;
	u32 way = symbols->missing_of ? symbols->missing_of[stack] : NO_ID;

	if (way == NO_ID)
		return;
	for (u32 i = symbols->missing_first[way]; i < symbols->missing_first[way + 1]; i++)
		add_link(links, &symbols->missing[i], true, out);
}

void links_of_stack(const struct links *links, u32 stack, struct link_vec *out)
{
	const struct profile *profile = links->profile;

	out->len = 0;
	while (stack < profile->stack_count) {
		u32 parent = profile->stacks[stack].parent;

		add_frame(links, profile->stacks[stack].frame, out);
		add_missing(links, stack, out);
		/* Parents come before their children, so this ends. */
		if (parent >= stack)
			break;
		stack = parent;
	}
}
