/* Any bytes as a perf.data file: it ends, in bounded memory, and records point where they may. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "profiler/perf/perfdata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static u64 sum; /* so that nothing of the reading is optimised away */

static void touch(const void *at, u64 size)
{
	const u8 *p = at;

	for (u64 i = 0; i < size; i += 64)
		sum += p[i];
	if (size)
		sum += p[size - 1];
}

static void touch_record(void *arg, const struct record *record)
{
	const struct sample *s = &record->sample;

	(void)arg;
	switch (record->type) {
	case PERF_RECORD_SAMPLE:
		touch(s->chain, s->chain_len * sizeof *s->chain);
		touch(s->branches, s->branches_len * sizeof *s->branches);
		touch(s->stack, s->stack_size);
		touch(s->raw, s->raw_size);
		break;
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		sum += strlen(record->mmap.path);
		break;
	case PERF_RECORD_COMM:
		sum += strlen(record->comm.comm);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int fd = -1;
	struct perfdata *data = NULL;
	struct err *err;

	if (fd < 0)
		fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, bytes, size, 0) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET))
		abort();
	err = perfdata_open(&data, fd, "input");
	if (!err)
		err = perfdata_read(data, touch_record, NULL);
	for (size_t i = 0; data && i < perfdata_event_count(data); i++)
		sum += strlen(perfdata_event(data, i)->name);
	err_free(err);
	perfdata_close(data);
	return 0;
}
