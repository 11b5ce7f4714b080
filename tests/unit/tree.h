/* Call trees for tests, from folded text: one line a stack, "a;b;c 3". */
#ifndef APROF_UNIT_TREE_H
#define APROF_UNIT_TREE_H

#include <aprof/alloc.h>
#include <aprof/text.h>

#include "report/async/logical.h"
#include "report/tree/calltree.h"
#include "tests/unit/check.h"

/*
 * A frame is "name", or "name@LINE" for an await site in main.rs. '!' before the root's name makes
 * it a task root; "~" before a name makes it async, "^" an early end. Each sample weighs 10.
 */
__attribute__((unused)) static void tree_add_text(struct calltree *tree, const char *text)
{
	char *copy = xstrdup(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		char *space = strrchr(line, ' '), *frame;
		u32 node = 0;
		u64 n;

		if (!space)
			continue;
		*space = '\0';
		n = strtoull(space + 1, NULL, 10);
		while ((frame = strsep(&line, ";"))) {
			bool task = *frame == '!', body = task || *frame == '~';
			bool end = *frame == '^';
			char *at = strchr(frame, '@');
			u32 site = NO_ID, label;

			if (at) {
				*at = '\0';
				site = labels_add_site(tree->labels, "src/main.rs",
						       (u32)atoi(at + 1), false);
			}
			label = labels_add(tree->labels, frame + (body || end),
					   end	? STEP_END :
					   body ? STEP_ASYNC :
						  STEP_SYNC,
					   ends_with(frame, "_[?]"), NO_ID);
			node = calltree_child(tree, node, label, site);
			tree->nodes.data[node].is_task |= task;
		}
		calltree_add(tree, node, (struct amount){ n, n * 1000000 });
	}
	free(copy);
	calltree_finish(tree);
}

__attribute__((unused)) static void tree_of_text(struct calltree *tree, struct label_set *labels,
						 const char *text)
{
	labels_init(labels);
	calltree_init(tree, labels);
	tree_add_text(tree, text);
}

__attribute__((unused)) static void tree_release(struct calltree *tree, struct label_set *labels)
{
	calltree_release(tree);
	labels_release(labels);
}

/* Runs `code` with a FILE * named `out`, and checks what it wrote. */
#define CHECK_PRINTS(want, code)                                    \
	do {                                                        \
		char *got_text_ = NULL;                             \
		size_t got_size_ = 0;                               \
		FILE *out = open_memstream(&got_text_, &got_size_); \
                                                                    \
		code;                                               \
		fclose(out);                                        \
		CHECK_STR(got_text_, want);                         \
		free(got_text_);                                    \
	} while (0)

#endif
