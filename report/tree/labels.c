/* The names and await sites of a report, each once; finding the ones that a user means. */
#include "report/tree/labels.h"

#include <ctype.h>
#include <string.h>

#include <aprof/text.h>

#include "report/async/logical.h"

void labels_init(struct label_set *set)
{
	*set = (struct label_set){ 0 };
	intern_init(&set->names);
	intern_init(&set->site_names);
}

void labels_release(struct label_set *set)
{
	intern_release(&set->names);
	intern_release(&set->site_names);
	vec_release(&set->labels);
	vec_release(&set->sites);
}

/*
 * How much a kind tells. An async fn's constructor is a plain function with its body's name, so
 * one name may come with two kinds: the body's is the one to show.
 */
static int telling(u8 kind)
{
	static const int rank[] = {
		[STEP_GLUE] = 0,   [STEP_SYNC] = 1,   [STEP_OWNER] = 2,	 [STEP_END] = 2,
		[STEP_THREAD] = 2, [STEP_KERNEL] = 3, [STEP_FUTURE] = 4, [STEP_ASYNC] = 5,
	};

	return kind < ARRAY_LEN(rank) ? rank[kind] : 0;
}

void labels_seen(struct label_set *set, u32 id, u8 kind, bool unsure, u32 function)
{
	struct label *label = &set->labels.data[id];

	label->unsure |= unsure;
	if (label->function == NO_ID || telling(kind) > telling(label->kind))
		label->function = function != NO_ID ? function : label->function;
	if (telling(kind) > telling(label->kind))
		label->kind = kind;
}

u32 labels_add(struct label_set *set, const char *name, u8 kind, bool unsure, u32 function)
{
	u32 id = intern_id(&set->names, name && *name ? name : "[no name]");

	if (id == set->labels.len)
		*vec_push(&set->labels) =
			(struct label){ .kind = kind, .unsure = unsure, .function = function };
	else
		labels_seen(set, id, kind, unsure, function);
	return id;
}

/* Behind "MARK:LINE:". */
static const char *file_of_key(const char *key)
{
	return strchr(strchr(key, ':') + 1, ':') + 1;
}

u32 labels_add_site(struct label_set *set, const char *file, u32 line, u8 mark)
{
	struct text key = { 0 };
	u32 id;

	if (!file || !line)
		return NO_ID;
	text_printf(&key, "%u:%u:%s", mark, line, file);
	id = intern_bytes(&set->site_names, key.at, key.len);
	text_release(&key);
	if (id == set->sites.len)
		*vec_push(&set->sites) = (struct site){
			/* The copy behind the key's own prefix: as long-lived as the set. */
			.file = file_of_key(intern_text(&set->site_names, id)),
			.line = line,
			.mark = mark,
		};
	return id;
}

/* Length of a name without "_[?]", "_[k]" and the generic arguments at its end. */
static size_t bare_length(const char *name)
{
	size_t len = strlen(name);
	int depth = 0;

	while (len > 4 &&
	       (memcmp(name + len - 4, "_[?]", 4) == 0 || memcmp(name + len - 4, "_[k]", 4) == 0))
		len -= 4;
	if (!len || name[len - 1] != '>')
		return len;
	for (size_t i = len; i > 0; i--) {
		if (name[i - 1] == '>' && (i < 2 || name[i - 2] != '-'))
			depth++;
		else if (name[i - 1] == '<' && --depth == 0)
			return i > 1 ? i - 1 : len;
	}
	return len;
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

/* Does `name` end in `pattern`, which begins where a word of the name begins? */
static bool ends_in(const char *name, size_t len, const char *pattern)
{
	size_t n = strlen(pattern);

	if (!n || n > len || memcmp(name + len - n, pattern, n) != 0)
		return false;
	return n == len || !in_word(name[len - n - 1]);
}

void labels_find(const struct label_set *set, const char *pattern, struct label_ids *out)
{
	u32 exact = intern_find(&set->names, pattern, strlen(pattern));

	if (exact != NO_ID) {
		*vec_push(out) = exact;
		return;
	}
	for (u32 id = 0; id < set->names.count; id++) {
		const char *name = intern_text(&set->names, id);

		if (ends_in(name, strlen(name), pattern) ||
		    ends_in(name, bare_length(name), pattern))
			*vec_push(out) = id;
	}
}

size_t labels_near(const struct label_set *set, const char *pattern, u32 *out, size_t max)
{
	const char *last = pattern;
	size_t n = 0;

	for (const char *at = pattern; (at = strstr(at, "::")); at += 2)
		last = at[2] ? at + 2 : last;
	for (u32 id = 0; id < set->names.count && n < max; id++)
		if (strcasestr(intern_text(&set->names, id), last))
			out[n++] = id;
	return n;
}
