/* The loader thread: one queue in, finished tables out, each build id only once. */
#include "profiler/unwind/loader.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/binary.h>
#include <aprof/cleanup.h>
#include <aprof/vec.h>

#include "profiler/unwind/table.h"
#include "profiler/unwind/vdso.h"

/* What is known of one module. The thread writes all of it before `state` says so. */
struct entry {
	const struct module *module;
	struct entry *next; /* in the queue */
	_Atomic int state; /* enum loader_state */
	enum stop_reason reason; /* FAILED */
	char *why; /* FAILED; owned */
	struct table *table; /* READY; NULL for memory that has no rules; may be another entry's */
	bool owns_table;
	struct build_id build_id;
	u64 build_ns; /* of CPU */
};

struct loader {
	struct modules *modules;
	struct VEC(struct entry *) entries; /* by module id; the drain thread's */

	pthread_t thread;
	pthread_mutex_t lock; /* of the next four */
	pthread_cond_t wake;
	struct entry *first, *last;
	bool stop;

	struct VEC(struct entry *) built; /* the loader thread's */
	int fd;
};

static u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (u64)t.tv_sec * NSEC_PER_SEC + (u64)t.tv_nsec;
}

/* A table of the same build, found under another name. */
static struct table *find_twin(const struct loader *loader, const struct build_id *id)
{
	if (id->size)
		vec_each(&loader->built, it)
			if (build_id_equal(&(*it)->build_id, id))
				return (*it)->table;
	return NULL;
}

static struct err *open_module(struct entry *entry, struct binary **out)
{
	const struct module *module = entry->module;
	AUTO_CLOSE int fd = -1;
	bool changed = false;
	struct err *err;

	entry->reason = STOP_NO_TABLE;
	if (module->kind == MODULE_VDSO) {
		TRY(vdso_open(out));
	} else {
		err = module_open(module, &fd, &changed);
		if (changed)
			entry->reason = STOP_CHANGED;
		TRY(err);
		TRY(binary_open_fd(out, fd, module->path));
	}
	/* The vdso of a recording from another machine is not ours. */
	if (module->build_id.size && !build_id_equal(&module->build_id, binary_build_id(*out))) {
		entry->reason = STOP_CHANGED;
		binary_close(TAKE_PTR(*out));
		return err_new("%s is not what was mapped: it has another build id", module->path);
	}
	return NULL;
}

static struct err *build(struct loader *loader, struct entry *entry)
{
	struct binary *bin = NULL;

	/* Known before it is opened: nothing to read at all. */
	entry->build_id = entry->module->build_id;
	entry->table = find_twin(loader, &entry->build_id);
	if (entry->table)
		return NULL;
	TRY(open_module(entry, &bin));
	entry->build_id = *binary_build_id(bin);
	entry->table = find_twin(loader, &entry->build_id);
	if (entry->table) {
		binary_close(bin);
		return NULL;
	}
	entry->table = table_new(bin);
	entry->owns_table = true;
	*vec_push(&loader->built) = entry;
	return NULL;
}

static void handle(struct loader *loader, struct entry *entry)
{
	u64 start = now_ns(), one = 1;
	struct err *err = build(loader, entry);

	entry->build_ns = now_ns() - start;
	if (err) {
		entry->why = TAKE_PTR(err->message);
		err_free(err);
	}
	atomic_store_explicit(&entry->state, entry->why ? LOADER_FAILED : LOADER_READY,
			      memory_order_release);
	if (write(loader->fd, &one, sizeof one) < 0)
		return; /* full: it is readable anyway */
}

static struct entry *take(struct loader *loader)
{
	struct entry *entry;

	pthread_mutex_lock(&loader->lock);
	while (!loader->first && !loader->stop)
		pthread_cond_wait(&loader->wake, &loader->lock);
	entry = loader->stop ? NULL : loader->first;
	if (entry)
		loader->first = entry->next;
	pthread_mutex_unlock(&loader->lock);
	return entry;
}

static void *run(void *arg)
{
	struct loader *loader = arg;
	struct entry *entry;

	while ((entry = take(loader)))
		handle(loader, entry);
	return NULL;
}

struct err *loader_start(struct loader **out, struct modules *modules)
{
	struct loader *loader = xzalloc(sizeof *loader);
	int status;

	*out = NULL;
	loader->modules = modules;
	pthread_mutex_init(&loader->lock, NULL);
	pthread_cond_init(&loader->wake, NULL);
	loader->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loader->fd < 0) {
		status = errno;
		free(loader);
		return err_os(status, "cannot make an eventfd");
	}
	status = pthread_create(&loader->thread, NULL, run, loader);
	if (status) {
		close(loader->fd);
		free(loader);
		return err_os(status, "cannot start the thread that reads unwind tables");
	}
	*out = loader;
	return NULL;
}

static void entry_free(struct entry *entry)
{
	if (!entry)
		return;
	if (entry->owns_table)
		table_free(entry->table);
	free(entry->why);
	free(entry);
}

void loader_stop(struct loader *loader)
{
	if (!loader)
		return;
	pthread_mutex_lock(&loader->lock);
	loader->stop = true;
	pthread_cond_signal(&loader->wake);
	pthread_mutex_unlock(&loader->lock);
	pthread_join(loader->thread, NULL);
	vec_each(&loader->entries, it)
		entry_free(*it);
	vec_release(&loader->entries);
	vec_release(&loader->built);
	pthread_cond_destroy(&loader->wake);
	pthread_mutex_destroy(&loader->lock);
	close(loader->fd);
	free(loader);
}

static void enqueue(struct loader *loader, struct entry *entry)
{
	pthread_mutex_lock(&loader->lock);
	if (loader->first)
		loader->last->next = entry;
	else
		loader->first = entry;
	loader->last = entry;
	pthread_cond_signal(&loader->wake);
	pthread_mutex_unlock(&loader->lock);
}

void loader_request(struct loader *loader, u32 module)
{
	const struct module *m = modules_get(loader->modules, module);
	struct entry *entry;

	if (!m || (module < loader->entries.len && loader->entries.data[module]))
		return;
	if (module >= loader->entries.len)
		vec_resize(&loader->entries, module + 1);
	entry = xzalloc(sizeof *entry);
	entry->module = m;
	loader->entries.data[module] = entry;
	if (m->kind != MODULE_FILE && m->kind != MODULE_VDSO) {
		/* Memory without a file has no rules that we could read. */
		atomic_store(&entry->state, LOADER_READY);
		return;
	}
	atomic_store(&entry->state, LOADER_WAITING);
	enqueue(loader, entry);
}

enum loader_state loader_state(const struct loader *loader, u32 module, const struct table **table,
			       enum stop_reason *why)
{
	const struct entry *entry;
	enum loader_state state;

	if (module >= loader->entries.len || !loader->entries.data[module])
		return LOADER_UNASKED;
	entry = loader->entries.data[module];
	state = (enum loader_state)atomic_load_explicit(&entry->state, memory_order_acquire);
	if (state == LOADER_READY)
		*table = entry->table;
	else if (state == LOADER_FAILED)
		*why = entry->reason;
	return state;
}

int loader_fd(const struct loader *loader)
{
	return loader->fd;
}

static void describe(const struct entry *entry, struct loader_report *out)
{
	*out = (struct loader_report){
		.module = entry->module,
		.state = (enum loader_state)atomic_load_explicit(&entry->state,
								 memory_order_acquire),
	};
	if (out->state != LOADER_READY && out->state != LOADER_FAILED)
		return;
	out->build_id = entry->build_id;
	out->why = entry->why;
	out->build_ns = entry->build_ns;
	if (entry->owns_table) {
		out->rows = entry->table->count;
		out->table_bytes = entry->table->bytes;
	}
}

size_t loader_reports(const struct loader *loader,
		      void (*each)(void *arg, const struct loader_report *), void *arg)
{
	size_t count = 0;

	vec_each(&loader->entries, it) {
		struct loader_report report;

		if (!*it)
			continue;
		describe(*it, &report);
		each(arg, &report);
		count++;
	}
	return count;
}
