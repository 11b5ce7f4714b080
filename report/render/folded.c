/* Folded lines, as flame graph tools read them: root first, then the counts. */
#include "report/render/folded.h"

#include <string.h>

#include "report/render/names.h"

static int by_stack(const void *a, const void *b)
{
	const struct folded_line *l = a, *r = b;

	return strcmp(l->stack, r->stack);
}

/* Names are in many lines, and may be kilobytes: each is cleaned once. */
static void add_name(struct folded *folded, const struct calltree *tree, u32 node)
{
	u32 label = tree->nodes.data[node].label;
	struct folded_name *name;

	if (label >= folded->names.len)
		vec_resize(&folded->names, (size_t)label + 1);
	name = &folded->names.data[label];
	if (!name->len) {
		name->start = (u32)folded->names_text.len;
		name_folded(&folded->names_text, calltree_name(tree, node));
		name->len = (u32)folded->names_text.len - name->start;
	}
	text_add_n(&folded->line, text_str(&folded->names_text) + name->start, name->len);
	text_clear(&folded->site);
	name_site(&folded->site, tree, node);
	name_folded(&folded->line, text_str(&folded->site));
}

void folded_add(struct folded *folded, const struct calltree *tree, u32 node, u64 first, u64 second)
{
	folded->path.len = 0;
	for (u32 at = node; at != 0; at = tree->nodes.data[at].parent)
		*vec_push(&folded->path) = at;
	text_clear(&folded->line);
	for (size_t i = folded->path.len; i-- > 0;) {
		add_name(folded, tree, folded->path.data[i]);
		if (i)
			text_char(&folded->line, ';');
	}
	*vec_push(&folded->lines) = (struct folded_line){
		arena_strndup(&folded->arena, text_str(&folded->line), folded->line.len),
		{ first, second },
	};
}

/* Names that differ only in what cannot be written give one line, not two. */
static bool join_next(struct folded *folded, size_t i)
{
	struct folded_line *line = &folded->lines.data[i], *next = line + 1;

	if (i + 1 == folded->lines.len || strcmp(line->stack, next->stack) != 0)
		return false;
	next->counts[0] += line->counts[0];
	next->counts[1] += line->counts[1];
	return true;
}

void folded_print(struct folded *folded, FILE *out, int counts)
{
	vec_sort(&folded->lines, by_stack);
	for (size_t i = 0; i < folded->lines.len; i++) {
		const struct folded_line *line = &folded->lines.data[i];

		if (!join_next(folded, i)) {
			fputs(line->stack, out);
			for (int n = 0; n < counts; n++)
				fprintf(out, " %llu", (unsigned long long)line->counts[n]);
			fputc('\n', out);
		}
	}
	vec_release(&folded->lines);
	vec_release(&folded->names);
	vec_release(&folded->path);
	arena_release(&folded->arena);
	text_release(&folded->names_text);
	text_release(&folded->line);
	text_release(&folded->site);
}
