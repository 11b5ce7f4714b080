/* Folded lines, as flame graph tools read them: root first, then the counts. */
#include "report/render/folded.h"

#include <stdlib.h>
#include <string.h>

#include "report/render/names.h"

static int by_stack(const void *a, const void *b)
{
	const struct folded_line *l = a, *r = b;

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

void folded_add(struct folded *folded, const struct calltree *tree, u32 node, u64 first, u64 second)
{
	*vec_push(&folded->lines) =
		(struct folded_line){ spell(tree, node, &folded->path), { first, second } };
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
		free(line->stack);
	}
	vec_release(&folded->lines);
	vec_release(&folded->path);
}
