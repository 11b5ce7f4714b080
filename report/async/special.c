/* Spells the parts of a path that the source does not name: bodies, closures, shims. */
#include "report/async/spell.h"

/*
 * What rustc calls the parts of a path that the source does not name; "_env" (the type of a
 * closure's state) and the number behind "#" are taken off before.
 */
static const struct {
	const char *label;
	bool silent; /* the body of the function named before it */
	bool closure; /* "closure" to the tables, as symbols call it */
} specials[] = {
	{ "closure", false, true },	 { "async_fn", true, true },
	{ "async_block", false, true },	 { "async_closure", false, true },
	{ "generator", false, true },	 { "coroutine", false, true },
	{ "gen_fn", true, true },	 { "gen_block", false, true },
	{ "gen_closure", false, true },	 { "async_gen_fn", true, true },
	{ "async_gen_block", false, true }, { "async_gen_closure", false, true },
	/* The body of an async closure that is called by value or by reference. */
	{ "synthetic", true, false },	 { "by.ref.shim", true, false },
	{ "vtable.shim", true, false },
};

/* "{async_block_env#0}" to label and "#0". */
static struct span label_of(struct span base, struct span *number)
{
	struct span s = base, label;
	size_t at;

	while (s.len && s.at[0] == '{')
		s = span_skip(s, 1);
	while (s.len && s.at[s.len - 1] == '}')
		s.len--;
	at = span_find(s, 0, "#");
	label = span_first(s, at);
	*number = span_skip(s, at);
	if (label.len > 4 && span_is(span_skip(label, label.len - 4), "_env"))
		label.len -= 4;
	return label;
}

static void spell_special(struct speller *sp, struct span base)
{
	struct span number, label = label_of(base, &number);

	if (span_starts(label, "shim:"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(specials); i++) {
		if (!span_is(label, specials[i].label))
			continue;
		if (!specials[i].closure || (specials[i].silent && sp->spelling == SPELL_LOGICAL))
			return;
		if (sp->spelling != SPELL_LOGICAL)
			label = span_of("closure");
		break;
	}
	text_add(sp->out, sp->out->len ? "::" : "");
	if (span_is(label, "impl")) {
		text_char(sp->out, '_');
		return;
	}
	text_char(sp->out, '{');
	text_add_n(sp->out, label.at, label.len);
	if (sp->spelling == SPELL_LOGICAL || sp->spelling == SPELL_COMPARE)
		text_add_n(sp->out, number.at, number.len);
	text_char(sp->out, '}');
}

void spell_component(struct speller *sp, struct span base)
{
	if (base.len && base.at[0] == '{') {
		spell_special(sp, base);
		return;
	}
	text_add(sp->out, "::");
	text_add_n(sp->out, base.at, base.len);
}
