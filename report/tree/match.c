/* Matching uncertain names to certain ones, by what a symbol table would make of the latter. */
#include "report/tree/match.h"

#include <ctype.h>
#include <stdlib.h>

#include <aprof/alloc.h>

#include "report/async/logical.h"

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

/* Behind the '>' that closes the '<' at `open`; "->" closes nothing. The end if none does. */
static const char *behind_group(const char *open)
{
	int depth = 0;

	for (const char *at = open; *at; at++) {
		if (*at == '<')
			depth++;
		else if (*at == '>' && at > open && at[-1] != '-' && --depth == 0)
			return at + 1;
	}
	return open + strlen(open);
}

/* A '<' that opens generic arguments follows a name, or "::"; one that opens a type does not. */
static bool opens_arguments(const char *name, const char *at)
{
	return at > name && (in_word(at[-1]) || at[-1] == '}' || at[-1] == ':');
}

static const char *without_mark(const char *name, size_t *len)
{
	*len = strlen(name);
	while (*len > 4 && strncmp(name + *len - 4, "_[?]", 4) == 0)
		*len -= 4;
	return name;
}

/* Appends the name up to `len` without generic arguments, blocks and closures as {closure}. */
static void plain_form(struct text *out, const char *name, size_t len)
{
	const char *end = name + len;

	for (const char *at = name; at < end;) {
		if (*at == '<' && opens_arguments(name, at)) {
			/* "::<T>" goes with its colons. */
			if (at[-1] == ':' && out->len >= 2)
				out->at[out->len -= 2] = '\0';
			at = behind_group(at);
		} else if (*at == '{') {
			text_add(out, "{closure}");
			while (at < end && *at != '}')
				at++;
			at += at < end;
		} else {
			text_char(out, *at++);
		}
	}
}

void match_symbol_form(struct text *out, const char *name, bool is_body)
{
	size_t len;

	without_mark(name, &len);
	plain_form(out, name, len);
	if (is_body)
		text_add(out, "::{closure}");
}

const char *match_crate(const char *name, size_t *len)
{
	size_t n = 0;

	while (*name == '<' || *name == '&' || *name == '*' || *name == '(' || *name == '[')
		name++;
	for (;;) {
		if (strncmp(name, "dyn ", 4) == 0 || strncmp(name, "mut ", 4) == 0)
			name += 4;
		else if (strncmp(name, "impl ", 5) == 0)
			name += 5;
		else
			break;
	}
	while (in_word(name[n]))
		n++;
	*len = strncmp(name + n, "::", 2) == 0 ? n : 0;
	return name;
}

/* --- finding the one that is meant --- */

#define AMBIGUOUS (NO_ID - 1)

struct forms {
	struct intern texts;
	struct label_ids labels; /* by id in texts: the label that has this form, or AMBIGUOUS */
};

static void forms_add(struct forms *forms, const char *form, u32 label)
{
	u32 id = intern_id(&forms->texts, form);

	if (id == forms->labels.len)
		*vec_push(&forms->labels) = label;
	else if (forms->labels.data[id] != label)
		forms->labels.data[id] = AMBIGUOUS;
}

static u32 forms_find(const struct forms *forms, const char *form)
{
	u32 id = intern_find(&forms->texts, form, strlen(form));

	return id == NO_ID || forms->labels.data[id] == AMBIGUOUS ? NO_ID : forms->labels.data[id];
}

static void forms_release(struct forms *forms)
{
	intern_release(&forms->texts);
	vec_release(&forms->labels);
}

/* Labels that stand in a tree. */
static bool *labels_of(const struct calltree *tree)
{
	bool *used = xcalloc((size_t)tree->labels->names.count + 1, sizeof *used);

	for (u32 id = 1; id < tree->nodes.len; id++)
		used[tree->nodes.data[id].label] = true;
	return used;
}

/* Is the name one of a function itself, not of something inside of one? */
static bool is_fn(const char *name)
{
	return strchr(name, '{') == NULL;
}

static bool is_async_fn(const struct label_set *labels, u32 id)
{
	return labels->labels.data[id].kind == STEP_ASYNC && is_fn(labels_name(labels, id));
}

/*
 * The form of something inside of a function: the code of an async fn is itself a closure, so what
 * is inside of it is one closure deeper than its name says.
 */
static void inner_form(struct text *out, const char *name, const struct intern *async_fns)
{
	size_t prefix = (size_t)(strstr(name, "::{") - name);
	struct text fn = { 0 };

	plain_form(&fn, name, prefix);
	text_add(out, text_str(&fn));
	if (intern_find(async_fns, text_str(&fn), fn.len) != NO_ID)
		text_add(out, "::{closure}");
	plain_form(out, name + prefix, strlen(name + prefix));
	text_release(&fn);
}

static void collect_async_fns(struct intern *out, const struct label_set *labels, const bool *used)
{
	for (u32 id = 0; id < labels->names.count; id++) {
		struct text form = { 0 };

		if (!used[id] || !is_async_fn(labels, id))
			continue;
		match_symbol_form(&form, labels_name(labels, id), false);
		intern_id(out, text_str(&form));
		text_release(&form);
	}
}

/* What symbols of the sure labels would look like. */
static void collect_forms(struct forms *forms, const struct calltree *tree)
{
	const struct label_set *labels = tree->labels;
	bool *used = labels_of(tree);
	struct intern async_fns;

	intern_init(&async_fns);
	collect_async_fns(&async_fns, labels, used);
	for (u32 id = 0; id < labels->names.count; id++) {
		const char *name = labels_name(labels, id);
		struct text form = { 0 };

		if (!used[id] || labels->labels.data[id].unsure)
			continue;
		if (strstr(name, "::{"))
			inner_form(&form, name, &async_fns);
		else
			match_symbol_form(&form, name, is_async_fn(labels, id));
		forms_add(forms, text_str(&form), id);
		text_release(&form);
	}
	intern_release(&async_fns);
	free(used);
}

u32 *match_unsure(const struct calltree *tree, const struct calltree *other)
{
	const struct label_set *labels = tree->labels;
	u32 *alias = xcalloc((size_t)labels->names.count + 1, sizeof *alias);
	bool *theirs = labels_of(other);
	struct forms forms = { 0 };

	intern_init(&forms.texts);
	collect_forms(&forms, other);
	for (u32 id = 0; id < labels->names.count; id++) {
		struct text form = { 0 };
		u32 sure;

		alias[id] = id;
		/* What the other one calls the same needs no match. */
		if (!labels->labels.data[id].unsure || theirs[id])
			continue;
		match_symbol_form(&form, labels_name(labels, id), false);
		sure = forms_find(&forms, text_str(&form));
		if (sure != NO_ID)
			alias[id] = sure;
		text_release(&form);
	}
	forms_release(&forms);
	free(theirs);
	return alias;
}
