/* The session's table of modules: one entry for each thing that was ever mapped. */
#include "profiler/process/modules.h"

#include <stdlib.h>

#include <aprof/alloc.h>
#include <aprof/arena.h>
#include <aprof/bytes.h>
#include <aprof/intern.h>
#include <aprof/vec.h>

struct modules {
	struct VEC(struct module *) list;
	struct intern keys; /* ids run along with `list` */
	struct buf key; /* scratch */
	struct arena arena;
};

struct modules *modules_new(void)
{
	struct modules *modules = xzalloc(sizeof *modules);

	intern_init(&modules->keys);
	return modules;
}

void modules_free(struct modules *modules)
{
	if (!modules)
		return;
	vec_release(&modules->list);
	intern_release(&modules->keys);
	buf_release(&modules->key);
	arena_release(&modules->arena);
	free(modules);
}

size_t modules_count(const struct modules *modules)
{
	return modules->list.len;
}

const struct module *modules_get(const struct modules *modules, u32 id)
{
	return id < modules->list.len ? modules->list.data[id] : NULL;
}

/* What makes two mappings be of one module. A build id settles it; without one, the inode does. */
static void make_key(struct buf *key, const struct module *m)
{
	key->len = 0;
	buf_u8(key, (u8)m->kind);
	buf_u8(key, m->build_id.size);
	buf_put(key, m->build_id.bytes, m->build_id.size);
	if (!m->build_id.size) {
		buf_u64(key, m->inode);
		buf_u32(key, m->dev_major);
		buf_u32(key, m->dev_minor);
	}
	if (m->kind == MODULE_JIT)
		buf_u32(key, m->pid); /* the same name means something else in each process */
	buf_put(key, m->path, strlen(m->path));
}

u32 modules_add(struct modules *modules, const struct module *want)
{
	struct module *module;
	u32 id;

	make_key(&modules->key, want);
	id = intern_bytes(&modules->keys, modules->key.data, modules->key.len);
	if (id < modules->list.len)
		return id;
	module = arena_alloc(&modules->arena, sizeof *module);
	*module = *want;
	module->id = id;
	module->path = arena_strdup(&modules->arena, want->path);
	*vec_push(&modules->list) = module;
	return id;
}
