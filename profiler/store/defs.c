/* Definitions of modules and threads, and their ids in the epoch. */
#include "profiler/store/defs.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>

#define FIRST_THREADS 64u
#define IMAGE_MAX ((size_t)1 << 20)

void defs_init(struct defs *d)
{
	*d = (struct defs){ .thread_mask = FIRST_THREADS - 1 };
	d->threads = xcalloc(FIRST_THREADS, sizeof(*d->threads));
	intern_init(&d->strings);
}

static void thread_free(struct thread_def *t)
{
	free(t->comm);
	free(t->process_comm);
	free(t);
}

void defs_release(struct defs *d)
{
	vec_each(&d->modules, m) {
		free(m->path);
		free(m->problem);
		buf_release(&m->image);
	}
	for (u32 i = 0; i <= d->thread_mask; i++)
		if (d->threads[i])
			thread_free(d->threads[i]);
	free(d->threads);
	vec_release(&d->modules);
	vec_release(&d->used_modules);
	vec_release(&d->new_threads);
	intern_release(&d->strings);
}

void defs_reset(struct defs *d)
{
	vec_each(&d->used_modules, key) {
		d->modules.data[*key].id = NO_ID;
		d->modules.data[*key].image_written = false;
	}
	for (u32 i = 0; i <= d->thread_mask; i++)
		if (d->threads[i])
			d->threads[i]->id = NO_ID;
	d->used_modules.len = 0;
	d->new_threads.len = 0;
	d->module_count = d->thread_count = 0;
	intern_release(&d->strings);
	intern_init(&d->strings);
}

/* Replaces an owned string; NULL is one too. True if it is another one now. */
static bool replace(char **at, const char *s)
{
	if (*at == s || (*at && s && !strcmp(*at, s)))
		return false;
	free(*at);
	*at = s ? xstrdup(s) : NULL;
	return true;
}

static struct module_def *module_at(struct defs *d, u32 module)
{
	size_t before = d->modules.len;

	if (module >= before) {
		vec_resize(&d->modules, (size_t)module + 1);
		for (size_t i = before; i <= module; i++)
			d->modules.data[i].id = NO_ID;
	}
	return &d->modules.data[module];
}

void defs_set_module(struct defs *d, u32 module, const struct file_module *def)
{
	struct module_def *m = module_at(d, module);

	m->changed |= replace(&m->path, def->path);
	m->changed |= replace(&m->problem, def->problem);
	m->changed |= m->kind != def->kind || !build_id_equal(&m->build_id, &def->build_id);
	m->kind = def->kind;
	m->build_id = def->build_id;
}

void defs_set_image(struct defs *d, u32 module, const void *image, size_t size)
{
	struct module_def *m = module_at(d, module);

	m->image.len = 0;
	buf_put(&m->image, image, u64_min(size, IMAGE_MAX));
	m->image_written = false;
}

/* The slot of a key, or the free one where it would go. */
static struct thread_def **thread_slot(struct defs *d, u32 key)
{
	u32 at = (u32)hash_u64(key) & d->thread_mask;

	while (d->threads[at] && d->threads[at]->key != key)
		at = (at + 1) & d->thread_mask;
	return &d->threads[at];
}

static void grow_threads(struct defs *d)
{
	struct thread_def **old = d->threads;
	u32 count = d->thread_mask + 1;

	d->thread_mask = d->thread_mask * 2 + 1;
	d->threads = xcalloc((size_t)d->thread_mask + 1, sizeof(*d->threads));
	for (u32 i = 0; i < count; i++)
		if (old[i])
			*thread_slot(d, old[i]->key) = old[i];
	free(old);
}

static struct thread_def *thread_at(struct defs *d, u32 key)
{
	struct thread_def **slot = thread_slot(d, key);

	if (*slot)
		return *slot;
	if (++d->thread_live > d->thread_mask / 2) {
		grow_threads(d);
		slot = thread_slot(d, key);
	}
	*slot = xzalloc(sizeof(**slot));
	(*slot)->key = key;
	(*slot)->id = NO_ID;
	return *slot;
}

void defs_set_thread(struct defs *d, u32 thread, const struct file_thread *def)
{
	struct thread_def *t = thread_at(d, thread);
	bool other = t->pid != def->pid || t->tid != def->tid;

	other |= replace(&t->comm, def->comm);
	other |= replace(&t->process_comm, def->process_comm);
	t->pid = def->pid;
	t->tid = def->tid;
	if (other)
		t->id = NO_ID;
}

void defs_drop_thread(struct defs *d, u32 thread)
{
	struct thread_def **slot = thread_slot(d, thread);
	u32 hole, at;

	if (!*slot)
		return;
	thread_free(*slot);
	*slot = NULL;
	d->thread_live--;
	/* Close the gap: whatever follows in the run and may stand in the hole moves into it. */
	hole = (u32)(slot - d->threads);
	for (at = (hole + 1) & d->thread_mask; d->threads[at]; at = (at + 1) & d->thread_mask) {
		u32 home = (u32)hash_u64(d->threads[at]->key) & d->thread_mask;

		if (((at - home) & d->thread_mask) < ((at - hole) & d->thread_mask))
			continue;
		d->threads[hole] = d->threads[at];
		d->threads[at] = NULL;
		hole = at;
	}
}

u32 defs_module(struct defs *d, u32 module)
{
	struct module_def *m;

	if (module == NO_ID)
		return NO_ID;
	m = module_at(d, module);
	if (m->id == NO_ID) {
		m->id = d->module_count++;
		m->changed = true;
		*vec_push(&d->used_modules) = module;
	}
	return m->id;
}

static u32 text_id(struct defs *d, const char *s)
{
	return s ? intern_id(&d->strings, s) : NO_ID;
}

u32 defs_thread(struct defs *d, u32 thread)
{
	struct thread_def *t = thread_at(d, thread);

	if (t->id == NO_ID) {
		t->id = d->thread_count++;
		*vec_push(&d->new_threads) = (struct thread_item){
			.id = t->id,
			.pid = t->pid,
			.tid = t->tid,
			.comm = text_id(d, t->comm),
			.process_comm = text_id(d, t->process_comm),
		};
	}
	return t->id;
}

enum module_kind defs_kind(const struct defs *d, u32 module)
{
	return module < d->modules.len ? d->modules.data[module].kind : MODULE_FILE;
}

void defs_take_modules(struct defs *d, struct module_items *out)
{
	out->len = 0;
	vec_each(&d->used_modules, key) {
		struct module_def *m = &d->modules.data[*key];

		if (!m->changed)
			continue;
		m->changed = false;
		*vec_push(out) = (struct module_item){
			.id = m->id,
			.kind = m->kind,
			.path = text_id(d, m->path),
			.problem = text_id(d, m->problem),
			.build_id = m->build_id,
		};
	}
}

void defs_take_threads(struct defs *d, struct thread_items *out)
{
	out->len = 0;
	vec_append(out, d->new_threads.data, d->new_threads.len);
	d->new_threads.len = 0;
}
