/* Queue, compression and writing of chunks. */
#include "profiler/store/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/vec.h>

struct job {
	u32 epoch;
	struct buf payload;
};

struct jobs VEC(struct job);

struct writer {
	int fd;
	off_t start; /* where the file began to be ours; -1: it cannot be cut */
	char *name;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled, drained;

	/* Under the lock. */
	struct jobs queue;
	size_t queued; /* bytes */
	bool closing;

	/* Of the thread. */
	struct packer *packer;
	struct buf out;
	u32 sequence;
	int failed_errno;

	atomic_bool failed;
	_Atomic u64 written;
};

/* A descriptor that another process made non-blocking (a shared pipe) is waited for. */
static bool write_all(struct writer *w, const u8 *at, size_t size)
{
	while (size) {
		ssize_t n = write(w->fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			struct pollfd p = { .fd = w->fd, .events = POLLOUT };

			poll(&p, 1, -1);
			continue;
		}
		if (n < 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

/* The part of a chunk that fitted on a full disk is taken back, so that the file ends whole. */
static void fail(struct writer *w)
{
	w->failed_errno = errno;
	/* Where that is not possible, as in a pipe, the reader sees an incomplete chunk. */
	if (w->start >= 0 && ftruncate(w->fd, w->start + (off_t)atomic_load(&w->written)) < 0)
		w->start = -1;
	atomic_store(&w->failed, true);
}

static void write_job(struct writer *w, const struct job *job)
{
	w->out.len = 0;
	chunk_pack(w->packer, job->epoch, w->sequence++,
		   bytes_of(job->payload.data, job->payload.len), &w->out);
	if (write_all(w, w->out.data, w->out.len))
		atomic_fetch_add(&w->written, w->out.len);
	else
		fail(w);
}

static void write_jobs(struct writer *w, const struct jobs *jobs)
{
	vec_each(jobs, job) {
		if (!atomic_load(&w->failed))
			write_job(w, job);
		buf_release(&job->payload);
	}
}

static void *writer_run(void *arg)
{
	struct writer *w = arg;
	struct jobs jobs = { 0 };

	pthread_mutex_lock(&w->lock);
	for (;;) {
		struct jobs taken;

		while (!w->queue.len && !w->closing)
			pthread_cond_wait(&w->filled, &w->lock);
		if (!w->queue.len)
			break;
		taken = w->queue;
		w->queue = jobs;
		w->queued = 0;
		pthread_cond_signal(&w->drained);
		pthread_mutex_unlock(&w->lock);

		write_jobs(w, &taken);
		taken.len = 0;
		jobs = taken;
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	vec_release(&jobs);
	return NULL;
}

/* Standard output may be a file that others wrote to before (`>>`). */
static off_t start_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	return fcntl(fd, F_GETFL) & O_APPEND ? st.st_size : lseek(fd, 0, SEEK_CUR);
}

/* Signals are for the other threads; SIGPIPE would end the program where an error is better. */
static int start_thread(struct writer *w)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&w->thread, NULL, writer_run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static void writer_free(struct writer *w)
{
	packer_free(w->packer);
	buf_release(&w->out);
	vec_release(&w->queue);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->filled);
	pthread_cond_destroy(&w->drained);
	free(w->name);
	free(w);
}

struct err *writer_open(struct writer **out, int fd, const char *name)
{
	struct writer *w = xzalloc(sizeof *w);
	int error;

	w->fd = fd;
	w->start = start_of(fd);
	w->name = xstrdup(name);
	w->packer = packer_new();
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->filled, NULL);
	pthread_cond_init(&w->drained, NULL);
	error = start_thread(w);
	if (error) {
		writer_free(w);
		close(fd);
		return err_os(error, "cannot start the thread that writes %s", name);
	}
	*out = w;
	return NULL;
}

void writer_put(struct writer *w, u32 epoch, struct buf *payload)
{
	struct job job = { .epoch = epoch, .payload = *payload };

	*payload = (struct buf){ 0 };
	pthread_mutex_lock(&w->lock);
	while (w->queued && w->queued + job.payload.len > WRITER_QUEUE_BYTES)
		pthread_cond_wait(&w->drained, &w->lock);
	*vec_push(&w->queue) = job;
	w->queued += job.payload.len;
	pthread_cond_signal(&w->filled);
	pthread_mutex_unlock(&w->lock);
}

u64 writer_bytes(const struct writer *w)
{
	return atomic_load(&w->written);
}

bool writer_failed(const struct writer *w)
{
	return atomic_load(&w->failed);
}

struct err *writer_close(struct writer *w, u64 *bytes)
{
	struct err *err = NULL;

	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_signal(&w->filled);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);

	if (bytes)
		*bytes = atomic_load(&w->written);
	if (close(w->fd) < 0 && !w->failed_errno && errno != EINTR)
		w->failed_errno = errno;
	if (w->failed_errno)
		err = err_hint(err_os(w->failed_errno, "cannot write %s", w->name),
			       "what was written before is kept in the file");
	writer_free(w);
	return err;
}
