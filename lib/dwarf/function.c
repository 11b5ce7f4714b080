/* What a function is called: following a DIE to its abstract instance and declaration. */
#include "lib/dwarf/function.h"

#include <aprof/alloc.h>
#include <aprof/text.h>
#include <dwarf.h>

#include "lib/dwarf/line.h"
#include "lib/dwarf/walk.h"

/* More links than this between a DIE and its declaration are a loop. */
#define MAX_LINKS 16
/* Deeper nesting and longer names are cut: they are not from a compiler. */
#define MAX_SCOPES 256
#define MAX_PATH 65536

void functions_init(struct functions *functions)
{
	*functions = (struct functions){ 0 };
	intern_init(&functions->keys);
}

void functions_release(struct functions *functions)
{
	intern_release(&functions->keys);
	vec_release(&functions->list);
	arena_release(&functions->arena);
}

/* The attributes of one DIE that say what it is. */
struct identity {
	struct value name, linkage, origin, specification, file, line;
};

static struct value *identity_field(struct identity *id, u16 attr)
{
	switch (attr) {
	case DW_AT_name:
		return &id->name;
	case DW_AT_linkage_name:
	case DW_AT_MIPS_linkage_name:
		return &id->linkage;
	case DW_AT_abstract_origin:
		return &id->origin;
	case DW_AT_specification:
		return &id->specification;
	case DW_AT_decl_file:
		return &id->file;
	case DW_AT_decl_line:
		return &id->line;
	}
	return NULL;
}

static bool read_identity(struct unit *unit, u64 offset, struct identity *id)
{
	const struct attr_spec *spec;
	struct die die;
	struct value v, *field;

	*id = (struct identity){ 0 };
	if (!die_at(unit, offset, &die))
		return false;
	spec = abbrev_specs(unit->abbrevs, die.abbrev);
	for (u32 i = 0; i < die.abbrev->spec_count; i++, spec++) {
		if (!form_read(&die.values, spec->form, spec->implicit, unit->encoding, &v))
			return false;
		field = identity_field(id, spec->attr);
		if (field)
			*field = v;
	}
	return true;
}

/* Takes from one DIE of the chain what those before it did not say. */
static void take_identity(struct functions *functions, struct unit *unit,
			  const struct identity *id, struct dwarf_function *f)
{
	if (!f->name)
		f->name = unit_string(unit, &id->name);
	if (!f->linkage)
		f->linkage = unit_string(unit, &id->linkage);
	if (!f->file && id->file.form)
		f->file = line_path(unit, value_constant(&id->file, UINT64_MAX),
				    &functions->arena);
	if (!f->line)
		f->line = (u32)value_constant(&id->line, 0);
	if (!f->language && unit->head)
		f->language = unit->head->language;
}

static const char *scope_name(struct unit *unit, u64 offset)
{
	struct identity id;
	struct die die;
	const char *name = NULL;

	if (read_identity(unit, offset, &id))
		name = unit_string(unit, &id.name);
	if (name)
		return name;
	/* As demanglers write it. */
	if (die_at(unit, offset, &die) && die.abbrev->tag == DW_TAG_namespace)
		return "(anonymous namespace)";
	return "(anonymous)";
}

/* The namespaces and types around a DIE, and the name. */
static const char *make_path(struct arena *arena, struct unit *unit, u64 die, const char *name)
{
	u32 scopes[MAX_SCOPES];
	size_t count = 0;
	struct text path = { 0 };
	const char *made;

	for (u32 s = unit_scope_of(unit, die); s != NO_ID && count < MAX_SCOPES;
	     s = unit->scopes->data[s].parent)
		scopes[count++] = s;
	if (!count)
		return name;
	while (count > 0 && path.len < MAX_PATH) {
		u32 start = unit->scopes->data[scopes[--count]].start;

		text_add(&path, scope_name(unit, unit->offset + start));
		text_add(&path, "::");
	}
	text_add(&path, name);
	made = arena_strndup(arena, path.at, path.len);
	text_release(&path);
	return made;
}

/* May threads that have one unit each go there? */
static bool may_read(const struct functions *functions, const struct unit *unit)
{
	return !functions->only || functions->only == unit;
}

/* NULL if it may not be made here. */
static struct dwarf_function *make_function(struct functions *functions, struct unit *unit, u64 die)
{
	struct dwarf_function *f = arena_zalloc(&functions->arena, sizeof *f);
	struct identity id;

	for (int links = 0; links < MAX_LINKS; links++) {
		const struct value *next;
		struct unit *to;
		u64 offset;

		if (!read_identity(unit, die, &id))
			break;
		take_identity(functions, unit, &id, f);
		next = id.origin.form ? &id.origin : &id.specification;
		if (!next->form || !unit_reference(unit, next, &to, &offset))
			break;
		if (!may_read(functions, to))
			return NULL;
		unit = to;
		die = offset;
	}
	if (f->name)
		f->path = make_path(&functions->arena, unit, die, f->name);
	return f;
}

/* The abstract instance of a concrete function or inlined call: all its instances share it. */
static bool follow_origin(const struct functions *functions, struct unit **unit, u64 *die)
{
	struct identity id;
	struct unit *to;
	u64 offset;

	for (int links = 0; links < MAX_LINKS; links++) {
		if (!read_identity(*unit, *die, &id) || !id.origin.form ||
		    !unit_reference(*unit, &id.origin, &to, &offset))
			break;
		if (!may_read(functions, to))
			return false;
		*unit = to;
		*die = offset;
	}
	return true;
}

const struct dwarf_function *function_of(struct functions *functions, struct unit *unit, u64 die)
{
	u64 key[2];
	u32 id;

	if (!follow_origin(functions, &unit, &die))
		return NULL;
	key[0] = die;
	key[1] = unit->file->is_alt;
	id = intern_bytes(&functions->keys, key, sizeof key);
	if (id == functions->list.len)
		*vec_push(&functions->list) = make_function(functions, unit, die);
	return functions->list.data[id];
}

struct call_site call_site_of(struct functions *functions, struct unit *unit, u64 offset)
{
	struct call_site site = { 0 };
	const struct attr_spec *spec;
	struct die die;
	struct value v;

	if (!die_at(unit, offset, &die))
		return site;
	spec = abbrev_specs(unit->abbrevs, die.abbrev);
	for (u32 i = 0; i < die.abbrev->spec_count; i++, spec++) {
		if (!form_read(&die.values, spec->form, spec->implicit, unit->encoding, &v))
			break;
		if (spec->attr == DW_AT_call_file)
			site.file = line_path(unit, value_constant(&v, UINT64_MAX),
					      &functions->arena);
		else if (spec->attr == DW_AT_call_line)
			site.line = (u32)value_constant(&v, 0);
		else if (spec->attr == DW_AT_call_column)
			site.column = (u32)value_constant(&v, 0);
	}
	return site;
}
