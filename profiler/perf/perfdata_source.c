/* Bytes of a perf.data file in order, and the inflating of those that are compressed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include <aprof/alloc.h>

#include "profiler/perf/perfdata_private.h"
#include "profiler/perf/ring.h"

#define WINDOW_BYTES (256u << 10)

void perfdata_source_init(struct source *source, int fd)
{
	*source = (struct source){
		.fd = fd,
		.window = xmalloc(WINDOW_BYTES),
		.end = UINT64_MAX,
	};
}

void perfdata_source_release(struct source *source)
{
	free(source->window);
}

/* Appends what the next read gives. False at the end. */
static bool fill(struct source *source)
{
	u64 have = source->offset + (source->len - source->at);
	size_t room = WINDOW_BYTES - source->len;
	ssize_t n;

	if (have >= source->end)
		return false;
	do
		n = read(source->fd, source->window + source->len,
			 u64_min(room, source->end - have));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		source->os_errno = errno;
	if (n <= 0)
		return false;
	source->len += (size_t)n;
	return true;
}

/* The unread part to the start of the window. */
static void compact(struct source *source)
{
	memmove(source->window, source->window + source->at, source->len - source->at);
	source->len -= source->at;
	source->at = 0;
}

const u8 *perfdata_source_peek(struct source *source, size_t size)
{
	if (source->at + size > WINDOW_BYTES)
		compact(source);
	while (source->len - source->at < size)
		if (!fill(source))
			return NULL;
	return source->window + source->at;
}

size_t perfdata_source_left(const struct source *source)
{
	return source->len - source->at;
}

void perfdata_source_skip(struct source *source, u64 size)
{
	while (size) {
		size_t n = u64_min(size, source->len - source->at);

		source->at += n;
		source->offset += n;
		size -= n;
		if (source->at == source->len)
			source->at = source->len = 0;
		if (size && !fill(source))
			return;
	}
}

struct inflater {
	ZSTD_DCtx *context;
	u8 *out; /* WINDOW_BYTES */
	size_t len; /* of output that waits for its rest */
};

struct inflater *inflater_new(void)
{
	struct inflater *inflater = xzalloc(sizeof *inflater);

	inflater->context = ZSTD_createDCtx();
	inflater->out = xmalloc(WINDOW_BYTES);
	return inflater;
}

void inflater_free(struct inflater *inflater)
{
	if (!inflater)
		return;
	ZSTD_freeDCtx(inflater->context);
	free(inflater->out);
	free(inflater);
}

bool inflater_feed(struct inflater *inflater, const void *data, size_t size,
		   size_t (*take)(void *arg, const u8 *data, size_t size), void *arg)
{
	ZSTD_inBuffer in = { .src = data, .size = size };

	for (;;) {
		ZSTD_outBuffer out = {
			.dst = inflater->out,
			.size = WINDOW_BYTES,
			.pos = inflater->len,
		};
		size_t before = out.pos, code, used;

		if (!inflater->context || before == WINDOW_BYTES)
			return false; /* a record larger than any: `take` took nothing */
		code = ZSTD_decompressStream(inflater->context, &out, &in);
		if (ZSTD_isError(code))
			return false;
		used = take(arg, inflater->out, out.pos);
		inflater->len = out.pos - used;
		memmove(inflater->out, inflater->out + used, inflater->len);
		/* All input taken, and no output was held back for want of room. */
		if (in.pos == in.size && out.pos < WINDOW_BYTES)
			return true;
		if (out.pos == before && in.pos == in.size)
			return true;
	}
}
