/* Definitions into joined tables: the same thing of two epochs becomes one. */
#include <stdlib.h>
#include <string.h>

#include "report/load/load.h"

void load_set_epoch(struct load *l, u32 number)
{
	struct epoch *e = &l->epoch;

	if (e->any && e->number == number)
		return;
	e->any = true;
	e->number = number;
	e->strings.len = e->modules.len = e->threads.len = e->frames.len = e->nodes.len = 0;
	l->profile.epochs += !l->complete;
}

/* Sets map[id]; ids in between that were not met yet are NO_ID. False if it was another one. */
static bool map_set(struct id_map *map, u32 id, u32 joined)
{
	u32 before;

	while (map->len <= id)
		*vec_push(map) = NO_ID;
	before = map->data[id];
	map->data[id] = joined;
	return before == NO_ID || before == joined;
}

static u32 map_get(const struct id_map *map, u32 id)
{
	return id < map->len ? map->data[id] : NO_ID;
}

/* The text of a string id; `none` for no string, "[lost]" for one whose definition is not there. */
static const char *text_of(const struct load *l, u32 string, const char *none)
{
	u32 id = map_get(&l->epoch.strings, string);

	if (string == NO_ID)
		return none;
	return id == NO_ID ? "[lost]" : intern_text(&l->strings, id);
}

static bool load_strings(struct load *l, struct bytes in)
{
	u32 first;

	if (!strings_decode(in, &first, &l->decoded.strings))
		return false;
	for (u32 i = 0; i < l->decoded.strings.len; i++)
		map_set(&l->epoch.strings, first + i,
			intern_id(&l->strings, l->decoded.strings.data[i]));
	return true;
}

/* Modules are the same when kind, build id and path are. */
static u32 module_key(struct load *l, const struct module_item *item, const char *path)
{
	struct buf key = { 0 };
	u32 id;

	buf_u8(&key, (u8)item->kind);
	buf_u8(&key, item->build_id.size);
	buf_put(&key, item->build_id.bytes, item->build_id.size);
	buf_put(&key, path, strlen(path));
	id = intern_bytes(&l->module_keys, key.data, key.len);
	buf_release(&key);
	while (l->key_module.len < l->module_keys.count)
		*vec_push(&l->key_module) = NO_ID;
	return id;
}

/*
 * A definition of an id that has one already says more about the same module (its build id, say):
 * the older key keeps leading to it too.
 */
static void load_module(struct load *l, const struct module_item *item)
{
	const char *path = text_of(l, item->path, "");
	u32 key = module_key(l, item, path);
	u32 module = l->key_module.data[key];
	struct profile_module *m;

	if (module == NO_ID)
		module = map_get(&l->epoch.modules, item->id);
	if (module == NO_ID) {
		module = (u32)l->modules.len;
		vec_resize(&l->modules, l->modules.len + 1);
	}
	l->key_module.data[key] = module;
	map_set(&l->epoch.modules, item->id, module);
	if (l->complete)
		return;
	m = &l->modules.data[module];
	m->kind = item->kind;
	m->path = path;
	m->build_id = item->build_id;
	m->problem = text_of(l, item->problem, NULL);
}

static bool load_modules(struct load *l, struct bytes in)
{
	if (!modules_decode(in, &l->decoded.modules))
		return false;
	vec_each(&l->decoded.modules, item)
		load_module(l, item);
	return true;
}

/* A thread under another name is another one: exec, or a thread that named itself. */
static u32 thread_id(struct load *l, const struct profile_thread *t)
{
	struct buf key = { 0 };
	u32 id;

	buf_u32(&key, t->pid);
	buf_u32(&key, t->tid);
	buf_put(&key, t->comm, strlen(t->comm) + 1);
	buf_put(&key, t->process_comm, strlen(t->process_comm));
	id = intern_bytes(&l->thread_keys, key.data, key.len);
	buf_release(&key);
	if (id == l->threads.len)
		*vec_push(&l->threads) = *t;
	return id;
}

static bool load_threads(struct load *l, struct bytes in)
{
	if (!threads_decode(in, &l->decoded.threads))
		return false;
	vec_each(&l->decoded.threads, item) {
		struct profile_thread t = {
			.pid = (i32)item->pid,
			.tid = (i32)item->tid,
			.comm = text_of(l, item->comm, ""),
			.process_comm = text_of(l, item->process_comm, ""),
		};

		map_set(&l->epoch.threads, item->id, thread_id(l, &t));
	}
	return true;
}

static u32 lost_frame(struct load *l)
{
	struct frame f = { .module = NO_ID, .status = FRAME_LOST };

	return trie_frame(&l->trie, &f);
}

static u32 add_node(struct load *l, u32 parent, u32 frame)
{
	u32 id = trie_node(&l->trie, parent, frame);

	if (id == l->stacks.len)
		*vec_push(&l->stacks) = (struct profile_stack){
			.parent = parent,
			.frame = frame,
			.depth = parent == NO_ID ? 1 : l->stacks.data[parent].depth + 1,
		};
	return id;
}

static u32 lost_stack(struct load *l)
{
	return add_node(l, NO_ID, lost_frame(l));
}

static bool load_frames(struct load *l, struct bytes in)
{
	u32 first;

	if (!frames_decode(in, &first, &l->decoded.frames))
		return false;
	for (u32 i = 0; i < l->decoded.frames.len; i++) {
		struct frame *f = &l->decoded.frames.data[i];
		u32 module = map_get(&l->epoch.modules, f->module), id;

		if (f->module != NO_ID && module == NO_ID) {
			id = lost_frame(l);
		} else {
			f->module = module;
			id = trie_frame(&l->trie, f);
		}
		l->redefined |= !map_set(&l->epoch.frames, first + i, id);
	}
	return true;
}

static bool load_stacks(struct load *l, struct bytes in)
{
	u32 first;

	if (!stacks_decode(in, &first, &l->decoded.nodes))
		return false;
	for (u32 i = 0; i < l->decoded.nodes.len; i++) {
		const struct trie_node *n = &l->decoded.nodes.data[i];
		u32 parent = map_get(&l->epoch.nodes, n->parent);
		u32 frame = map_get(&l->epoch.frames, n->frame);

		if (n->parent != NO_ID && parent == NO_ID)
			parent = lost_stack(l);
		if (frame == NO_ID)
			frame = lost_frame(l);
		l->redefined |= !map_set(&l->epoch.nodes, first + i, add_node(l, parent, frame));
	}
	return true;
}

static bool load_symbols(struct load *l, struct bytes in)
{
	if (l->complete)
		return true;
	if (!symbols_decode(in, &l->decoded.symbols))
		return false;
	vec_each(&l->decoded.symbols, item) {
		u32 module = map_get(&l->epoch.modules, item->module);

		if (module != NO_ID)
			*vec_push(&l->names) = (struct profile_name){
				.module = module,
				.start = item->start,
				.end = item->end,
				.name = text_of(l, item->name, ""),
			};
	}
	/* The same names come with every epoch. */
	if (l->names.len > 2 * l->names_sorted + 4096)
		load_compact_names(l);
	return true;
}

static bool load_image(struct load *l, struct bytes in)
{
	struct bytes image;
	u32 module;
	size_t size;
	u8 *copy;

	if (l->complete)
		return true;
	if (!image_decode(in, &module, &image))
		return false;
	module = map_get(&l->epoch.modules, module);
	if (module == NO_ID || bytes_left(&l->modules.data[module].image))
		return true;
	size = bytes_left(&image);
	copy = arena_alloc(&l->arena, size + 1);
	memcpy(copy, image.at, size);
	l->modules.data[module].image = bytes_of(copy, size);
	return true;
}

/* The names are of a module that is defined by now, whatever the epoch. */
static bool load_packed(struct load *l, struct bytes in)
{
	struct packed_names *names;
	struct module_item item;
	size_t size = bytes_left(&in);
	u32 key, module;
	u8 *copy;

	if (l->complete)
		return true;
	copy = arena_alloc(&l->arena, size + 1);
	memcpy(copy, in.at, size);
	names = arena_alloc(&l->arena, sizeof *names);
	if (!packed_decode(bytes_of(copy, size), names))
		return false;
	item = (struct module_item){ .kind = names->kind, .build_id = names->build_id };
	key = module_key(l, &item, names->module); /* may move key_module */
	module = l->key_module.data[key];
	if (module == NO_ID)
		packed_release(names);
	else
		*vec_push(&l->packed) = (struct profile_packed){ module, names };
	return true;
}

typedef bool load_table(struct load *load, struct bytes in);

bool load_definitions(struct load *l, u8 type, struct bytes table)
{
	static load_table *const by_type[] = {
		[TABLE_STRINGS] = load_strings, [TABLE_MODULES] = load_modules,
		[TABLE_THREADS] = load_threads, [TABLE_FRAMES] = load_frames,
		[TABLE_STACKS] = load_stacks,	[TABLE_SYMBOLS] = load_symbols,
		[TABLE_IMAGE] = load_image,	[TABLE_NAMES] = load_packed,
	};

	return type >= ARRAY_LEN(by_type) || !by_type[type] || by_type[type](l, table);
}

static u32 lost_thread(struct load *l)
{
	struct profile_thread t = { .comm = "[lost]", .process_comm = "[lost]" };

	return thread_id(l, &t);
}

bool load_branches(struct load *l, struct bytes table)
{
	struct decoded *d = &l->decoded;

	if (!branches_decode(table, &d->branch_rows, &d->branches)) {
		d->branch_rows.len = d->branches.len = 0;
		return false;
	}
	vec_each(&d->branches, b) {
		u32 from = map_get(&l->epoch.frames, b->from);
		u32 to = map_get(&l->epoch.frames, b->to);

		b->from = from == NO_ID ? lost_frame(l) : from;
		b->to = to == NO_ID ? lost_frame(l) : to;
	}
	return true;
}

bool load_rows(struct load *l, struct bytes table, u64 *lost_references)
{
	if (!rows_decode(table, &l->decoded.rows))
		return false;
	vec_each(&l->decoded.rows, row) {
		u32 thread = map_get(&l->epoch.threads, row->thread);
		u32 stack = map_get(&l->epoch.nodes, row->stack);

		*lost_references += thread == NO_ID;
		*lost_references += row->stack != NO_ID && stack == NO_ID;
		row->thread = thread == NO_ID ? lost_thread(l) : thread;
		if (row->stack != NO_ID)
			row->stack = stack == NO_ID ? lost_stack(l) : stack;
	}
	return true;
}
