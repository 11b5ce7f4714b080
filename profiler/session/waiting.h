/* Samples that wait, as copies, for an unwind table; bounded in bytes. */
#ifndef APROF_SESSION_WAITING_H
#define APROF_SESSION_WAITING_H

#include <aprof/types.h>

#include "profiler/perf/sample.h"
#include "profiler/process/space.h"

/* At 10 kHz with full copies about 100 ms of samples: libLLVM's table, the largest met, takes 40. */
#define WAITING_MAX ((u64)64 << 20)

struct waiting_sample {
	struct waiting_sample *next;
	struct sample sample; /* its views are into `data` */
	struct space *space; /* one reference: the picture of its moment */
	u32 name; /* thread name id */
	u32 module; /* whose table is missing */
	u64 size;
	_Alignas(8) u8 data[];
};

/* {0} is empty. */
struct waiting {
	struct waiting_sample *first;
	struct waiting_sample **last; /* link to append at; NULL: at `first` */
	u64 count;
	u64 bytes;
};

static inline bool waiting_is_full(const struct waiting *w)
{
	return w->bytes > WAITING_MAX;
}

void waiting_add(struct waiting *w, const struct sample *sample, struct space *space, u32 name,
		 u32 module);
/* Takes out and frees the sample that *link points at; *link is the next one afterwards. */
void waiting_remove(struct waiting *w, struct waiting_sample **link);
void waiting_release(struct waiting *w);

#endif
