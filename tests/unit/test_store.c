/* What a store promises beside rows: definitions in time, names, images, and failing well. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/unit/model.h"

static struct store *open_store(int fd)
{
	struct store *s;
	struct err *err = store_open(&s, fd, "test");

	if (err)
		exit(err_report(err));
	return s;
}

static struct profile *open_profile(int fd)
{
	struct profile *p;
	struct err *err = profile_open_fd(&p, fd, "test");

	if (err)
		exit(err_report(err));
	return p;
}

static struct profile *close_and_open(struct store *s, int fd)
{
	struct err *err = store_close(s, NULL);

	if (err)
		exit(err_report(err));
	return open_profile(fd);
}

static struct frame place(u32 module, u64 offset, enum frame_lookup lookup)
{
	return (struct frame){ .module = module, .offset = offset, .lookup = (u8)lookup };
}

static void row(struct store *s, u64 time, u32 thread, const struct frame *frames, u32 count)
{
	struct store_row r = { .time = time, .weight = 1, .thread = thread, .frames = frames,
			       .count = count };

	store_row(s, &r);
}

static void thread(struct store *s, u32 id, u32 tid, const char *comm)
{
	struct file_thread def = { .pid = 1, .tid = tid, .comm = comm, .process_comm = "p" };

	store_thread(s, id, &def);
}

struct rows {
	struct profile_row at[16];
	u32 count;
};

static bool gather(void *arg, const struct profile_row *row)
{
	struct rows *rows = arg;

	rows->at[rows->count++ % 16] = *row;
	return true;
}

static struct rows rows_of(struct profile *p)
{
	struct rows rows = { 0 };

	CHECK(profile_rows(p, gather, &rows) == NULL);
	return rows;
}

/* A row belongs to the name that its thread had then; an id that became free is another thread. */
static void renamed_threads(void)
{
	int fd = memfd_create("t", 0);
	struct store *s = open_store(dup(fd));
	struct profile *p;
	struct rows rows;

	thread(s, 9, 5, "sh");
	row(s, 1000, 9, NULL, 0);
	thread(s, 9, 5, "server");
	row(s, 2000, 9, NULL, 0);
	thread(s, 9, 5, "server");
	row(s, 3000, 9, NULL, 0);
	store_thread_gone(s, 9);
	store_thread_gone(s, 9);
	thread(s, 9, 6, "server");
	row(s, 4000, 9, NULL, 0);
	p = close_and_open(s, fd);
	rows = rows_of(p);
	CHECK_EQ(rows.count, 4);
	CHECK_EQ(p->thread_count, 3);
	CHECK_STR(p->threads[rows.at[0].thread].comm, "sh");
	CHECK_STR(p->threads[rows.at[1].thread].comm, "server");
	CHECK_EQ(rows.at[1].thread, rows.at[2].thread);
	CHECK_EQ(p->threads[rows.at[3].thread].tid, 6);
	CHECK_EQ(rows.at[0].stack, NO_ID);
	CHECK_EQ(p->first_time, 1000);
	CHECK_EQ(p->last_time, 4000);
	profile_close(p);
}

/* A million short threads: definitions of those that are gone are not kept. */
static void forgotten_threads(void)
{
	struct store *s = open_store(open("/dev/null", O_WRONLY));

	for (u32 i = 0; i < 200000; i++) {
		thread(s, i, i, "short");
		if (i % 3)
			row(s, i * 1000, i, NULL, 0);
		if (i >= 100)
			store_thread_gone(s, i - 100);
	}
	CHECK_EQ(s->defs.thread_live, 100);
	CHECK(s->defs.thread_mask < 1024);
	CHECK(s->epoch >= 2);
	CHECK(store_close(s, NULL) == NULL);
}

/* What becomes known of a module later holds for the frames before, too. */
static void completed_modules(void)
{
	struct file_module def = { .kind = MODULE_FILE, .path = "/bin/a" };
	struct frame f = place(0, 0x10, LOOKUP_IP);
	int fd = memfd_create("t", 0);
	struct store *s = open_store(dup(fd));
	struct profile *p;

	store_module(s, 0, &def);
	thread(s, 0, 1, "t");
	row(s, 1000, 0, &f, 1);
	store_flush(s, UINT64_MAX);
	def.build_id = (struct build_id){ .size = 3, .bytes = { 1, 2, 3 } };
	def.problem = "changed since";
	store_module(s, 0, &def);
	row(s, 2000, 0, &f, 1);
	s->limits.nodes = 1; /* a new epoch for the next row */
	row(s, 3000, 0, &f, 1);
	store_image(s, 0, "image", 5);
	p = close_and_open(s, fd);
	CHECK_EQ(p->epochs, 2);
	CHECK_EQ(p->module_count, 1);
	CHECK_EQ(p->stack_count, 1);
	CHECK_EQ(p->frame_count, 1);
	CHECK_EQ(p->modules[0].build_id.size, 3);
	CHECK_STR(p->modules[0].problem, "changed since");
	CHECK_EQ(bytes_left(&p->modules[0].image), 5);
	CHECK_MEM(p->modules[0].image.at, "image", 5);
	CHECK_EQ(rows_of(p).count, 3);
	profile_close(p);
}

struct names {
	bool ready;
	u32 asked;
};

/* Functions of 0x100 bytes; those of module 1 from 0x1000 on have no name. */
static const char *name_at(void *arg, u32 module, u64 offset, u64 *start)
{
	struct names *names = arg;

	names->asked++;
	if (!names->ready || (module == 1 && offset >= 0x1000))
		return NULL;
	*start = offset & ~0xffull;
	return *start == 0x200 ? "two" : "other";
}

static void kernel_names(void)
{
	struct file_module kernel = { .kind = MODULE_KERNEL, .path = "[kernel]" };
	struct file_module jit = { .kind = MODULE_JIT, .path = "[anon:1]" };
	struct file_module file = { .kind = MODULE_FILE, .path = "/bin/a" };
	/* The call is the last instruction of the function at 0x200. */
	struct frame frames[] = { place(0, 0x210, LOOKUP_IP), place(0, 0x300, LOOKUP_RETURN),
				  place(1, 0x1234, LOOKUP_RETURN), place(2, 0x250, LOOKUP_RETURN) };
	struct names names = { 0 };
	int fd = memfd_create("t", 0);
	struct store *s = open_store(dup(fd));
	const struct profile_name *name;
	struct profile *p;

	store_module(s, 0, &kernel);
	store_module(s, 1, &jit);
	store_module(s, 2, &file);
	store_set_names(s, name_at, &names);
	row(s, 1000, 0, frames, 4);
	store_flush(s, UINT64_MAX);
	CHECK_EQ(names.asked, 3);
	names.ready = true;
	store_flush(s, UINT64_MAX);
	p = close_and_open(s, fd);
	CHECK_EQ(names.asked, 3 + 3 + 1);
	CHECK_EQ(p->name_count, 1);
	name = profile_name_at(p, p->names[0].module, 0x2ff);
	if (CHECK(name)) {
		CHECK_STR(name->name, "two");
		CHECK_EQ(name->start, 0x200);
		CHECK_EQ(p->modules[name->module].kind, MODULE_KERNEL);
	}
	CHECK(!profile_name_at(p, p->names[0].module, 0x1ff));
	CHECK(!profile_name_at(p, p->names[0].module, 0x300));
	profile_close(p);
}

static void quality_and_meta(void)
{
	struct frame end = { .module = NO_ID, .offset = STOP_COPY_END, .status = FRAME_TRUNCATED };
	struct frame user[2] = { place(0, 1, LOOKUP_IP), end };
	struct frame kernel = { .module = 1, .space = SPACE_KERNEL };
	struct file_quality q = { .throttled = 4, .samples = 99, .by_stop = { 7, 7, 7 } };
	int fd = memfd_create("t", 0);
	struct store *s = open_store(dup(fd));
	const char *key, *value;
	struct profile *p;

	store_meta(s, "a", "1");
	store_meta_u64(s, "b", 2);
	row(s, 1000, 0, user, 2);
	store_flush(s, UINT64_MAX);
	row(s, 2000, 0, user, 1);
	row(s, 3000, 0, &kernel, 1);
	store_quality(s, &q);
	store_lost(s, 2500, 1, 10);
	store_flush(s, UINT64_MAX);
	store_lost(s, 3500, 0, 5);
	store_meta(s, "a", "3");
	p = close_and_open(s, fd);
	CHECK_EQ(p->quality.samples, 3);
	CHECK_EQ(p->quality.throttled, 4);
	CHECK_EQ(p->quality.lost, 15);
	CHECK_EQ(p->quality.by_stop[STOP_COPY_END], 1);
	CHECK_EQ(p->quality.by_stop[STOP_END], 2);
	CHECK_EQ(p->quality.kernel_only, 1);
	CHECK_STR(profile_meta(p, "a"), "3");
	CHECK_STR(profile_meta(p, "b"), "2");
	CHECK(profile_meta_at(p, 1, &key, &value) && !strcmp(key, "b"));
	CHECK(!profile_meta_at(p, 2, &key, &value));
	profile_close(p);
}

static const struct model small = { .rows = 4000, .modules = 5, .threads = 4, .events = 1,
				    .stacks = 500, .seed = 6, .flush_rows = 100 };

/* The disk is full half way: what was flushed stays, whole, and the end says why. */
static void full_disk(void)
{
	char path[] = "/tmp/aprof-test-XXXXXX";
	int fd = mkstemp(path);
	struct rlimit before, limit = { 8000, 8000 };
	struct frame frames[MODEL_DEPTH];
	struct store *s = open_store(dup(fd));
	struct model_check check = { .model = &small };
	struct profile *p;
	struct err *err;

	unlink(path);
	getrlimit(RLIMIT_FSIZE, &before);
	limit.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
	model_define(&small, s);
	for (u32 i = 0; i < small.rows; i++) {
		struct store_row r = model_row(&small, i, frames);

		store_row(s, &r);
		if (i % small.flush_rows == 0)
			store_flush(s, UINT64_MAX);
	}
	CHECK(!store_failed(s) || store_bytes_written(s) <= 8000);
	err = store_close(s, NULL);
	setrlimit(RLIMIT_FSIZE, &before);
	if (CHECK(err)) {
		CHECK_EQ(err->os_errno, EFBIG);
		CHECK(strstr(err->message, "cannot write test: ") == err->message);
		CHECK(err->hint);
	}
	err_free(err);
	p = open_profile(fd);
	CHECK(!p->ended);
	CHECK_EQ(p->tail_bytes, 0);
	CHECK_EQ(p->damaged_bytes, 0);
	CHECK(p->rows > 0 && p->rows < small.rows);
	check.profile = p;
	CHECK(profile_rows(p, model_check_row, &check) == NULL);
	CHECK_EQ(check.wrong + check.lost, 0);
	profile_close(p);

	s = open_store(open("/dev/full", O_WRONLY));
	err = store_close(s, NULL);
	CHECK(err && err->os_errno == ENOSPC);
	err_free(err);
}

static u64 rows_in_file(int fd)
{
	struct profile *p;
	struct err *err = profile_open_fd(&p, dup(fd), "t");
	u64 rows = err ? 0 : p->rows;

	if (err)
		err_free(err);
	else
		profile_close(p);
	return rows;
}

/* SIGKILL after a flush: the rows before it are there. */
static void killed(void)
{
	int fd = memfd_create("t", 0), status;
	struct model_check check = { .model = &small };
	struct profile *p;
	pid_t child = fork();

	if (!child) {
		struct frame frames[MODEL_DEPTH];
		struct store *s = open_store(dup(fd));

		model_define(&small, s);
		for (u32 i = 0; i < 1000; i++) {
			struct store_row r = model_row(&small, i, frames);

			store_row(s, &r);
			if (i == 499)
				store_flush(s, UINT64_MAX);
		}
		while (rows_in_file(fd) < 500)
			usleep(1000);
		kill(getpid(), SIGKILL);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
	p = open_profile(fd);
	CHECK(!p->ended);
	CHECK_EQ(p->rows, 500);
	CHECK_EQ(p->damaged_bytes + p->tail_bytes, 0);
	check.profile = p;
	CHECK(profile_rows(p, model_check_row, &check) == NULL);
	CHECK_EQ(check.wrong + check.lost, 0);
	profile_close(p);
}

static void *write_model(void *arg)
{
	struct frame frames[MODEL_DEPTH];
	struct store *s = open_store(*(int *)arg);

	model_define(&small, s);
	for (u32 i = 0; i < small.rows; i++) {
		struct store_row r = model_row(&small, i, frames);

		store_row(s, &r);
		store_flush(s, r.time);
	}
	CHECK(store_close(s, NULL) == NULL);
	return NULL;
}

static void through_a_pipe(void)
{
	struct model_check check = { .model = &small };
	struct profile *p;
	pthread_t writer;
	int fds[2];

	if (pipe(fds) < 0 || pthread_create(&writer, NULL, write_model, &fds[1]) != 0)
		exit(2);
	p = open_profile(fds[0]);
	pthread_join(writer, NULL);
	CHECK(p->ended);
	check.profile = p;
	CHECK(profile_rows(p, model_check_row, &check) == NULL);
	CHECK_EQ(check.rows, small.rows);
	CHECK_EQ(check.wrong + check.lost, 0);
	profile_close(p);
}

/* The reader goes away: an error, not a signal. */
static void broken_pipe(void)
{
	struct err *err;
	int fds[2];

	if (pipe(fds) < 0)
		exit(2);
	close(fds[0]);
	err = store_close(open_store(fds[1]), NULL);
	CHECK(err && err->os_errno == EPIPE);
	err_free(err);
}

int main(void)
{
	renamed_threads();
	forgotten_threads();
	completed_modules();
	kernel_names();
	quality_and_meta();
	full_disk();
	killed();
	through_a_pipe();
	broken_pipe();
	return check_done();
}
