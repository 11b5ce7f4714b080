/* Folded stacks: one line a distinct logical stack, as flame graph tools read it. */
#include "report/render/names.h"
#include "report/render/render.h"

#include <stdlib.h>
#include <string.h>

struct line {
	char *stack;
	u64 samples;
};

static int by_stack(const void *a, const void *b)
{
	const struct line *l = a, *r = b;

	return strcmp(l->stack, r->stack);
}

static char *spell(const struct calltree *tree, u32 leaf, struct label_ids *path)
{
	struct text line = { 0 }, name = { 0 };

	path->len = 0;
	for (u32 at = leaf; at != 0; at = tree->nodes.data[at].parent)
		*vec_push(path) = at;
	for (size_t i = path->len; i-- > 0;) {
		text_clear(&name);
		text_add(&name, calltree_name(tree, path->data[i]));
		name_site(&name, tree, path->data[i]);
		name_folded(&line, text_str(&name));
		if (i)
			text_char(&line, ';');
	}
	text_release(&name);
	return text_take(&line);
}

void render_folded(const struct render_input *in)
{
	struct line_vec VEC(struct line) lines = { 0 };
	struct label_ids path = { 0 };

	for (u32 id = 1; id < in->tree->nodes.len; id++) {
		u64 samples = in->tree->nodes.data[id].self.samples;

		if (samples)
			*vec_push(&lines) = (struct line){ spell(in->tree, id, &path), samples };
	}
	vec_sort(&lines, by_stack);
	/* Names that differ only in what cannot be written give one line, not two. */
	for (size_t i = 0; i < lines.len; i++) {
		struct line *next = i + 1 < lines.len ? &lines.data[i + 1] : NULL;

		if (next && strcmp(lines.data[i].stack, next->stack) == 0)
			next->samples += lines.data[i].samples;
		else
			fprintf(in->out, "%s %llu\n", lines.data[i].stack,
				(unsigned long long)lines.data[i].samples);
		free(lines.data[i].stack);
		lines.data[i].stack = NULL;
	}
	vec_release(&path);
	vec_release(&lines);
}
