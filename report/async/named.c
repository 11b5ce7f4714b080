/* Blocks of functions, each named by one thread into a buffer of its own. */
#include "report/async/named.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/crew.h>
#include <aprof/text.h>

#include "report/async/name.h"

#define BLOCK 128 /* functions */

/* Where the texts of a function stand in its block's buffer. */
struct offsets {
	u32 text, key, trait;
};

struct named_all {
	const struct symbols *symbols;
	struct names *names; /* while functions are being named */
	struct text *buffers; /* of each block */
	struct offsets *offsets; /* of each function */
	named_each *each;
	void *arg;
};

/* The text with its NUL. */
static u32 keep(struct text *buffer, const struct text *text)
{
	u32 offset = (u32)buffer->len;

	text_add_n(buffer, text_str(text), text->len + 1);
	return offset;
}

static void name_block(void *arg, size_t block)
{
	struct named_all *all = arg;
	struct text *buffer = &all->buffers[block];
	struct names *names = names_share(all->names);
	u32 first = (u32)block * BLOCK, count = all->symbols->function_count;
	struct name name = { 0 };

	for (u32 i = first; i < count && i - first < BLOCK; i++) {
		name_function(names, &all->symbols->functions[i], &name);
		all->offsets[i] = (struct offsets){ keep(buffer, &name.text), keep(buffer, &name.key),
						    keep(buffer, &name.trait) };
	}
	name_release(&name);
	names_unshare(names);
	/* The buffer moves no more. */
	for (u32 i = first; i < count && i - first < BLOCK; i++)
		all->each(all->arg, i, named_of(all, i));
}

struct named_all *named_all_new(const struct symbols *symbols, struct crew *crew, named_each *each,
				void *arg)
{
	size_t blocks = (symbols->function_count + BLOCK - 1) / BLOCK;
	struct named_all *all = xzalloc(sizeof *all);

	all->symbols = symbols;
	all->each = each;
	all->arg = arg;
	all->buffers = xcalloc(blocks + 1, sizeof *all->buffers);
	all->offsets = xcalloc((size_t)symbols->function_count + 1, sizeof *all->offsets);
	all->names = names_new(symbols);
	names_ready(all->names);
	crew_each(crew, name_block, all, blocks);
	names_free(all->names);
	return all;
}

void named_all_free(struct named_all *all)
{
	if (!all)
		return;
	for (u32 i = 0; i < all->symbols->function_count; i += BLOCK)
		text_release(&all->buffers[i / BLOCK]);
	free(all->buffers);
	free(all->offsets);
	free(all);
}

struct named named_of(const struct named_all *all, u32 function)
{
	const char *at = text_str(&all->buffers[function / BLOCK]);
	const struct offsets *offsets = &all->offsets[function];

	return (struct named){ at + offsets->text, at + offsets->key, at + offsets->trait };
}
