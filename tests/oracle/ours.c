/* Our own unwinder, as the drain loop uses it. */
#include <unistd.h>

#include <aprof/alloc.h>

#include "profiler/unwind/loader.h"
#include "profiler/unwind/unwind.h"
#include "tests/oracle/unwinders.h"

struct ours {
	struct loader *loader;
	struct unwinder *unwinder;
	struct stack stack;
};

static void *start(const struct capture *capture, struct images *images)
{
	struct ours *o = xzalloc(sizeof *o);
	struct err *err = loader_start(&o->loader, capture->modules);

	(void)images;
	if (err)
		exit(err_report(err));
	o->unwinder = unwinder_new(o->loader);
	return o;
}

static u64 address_of(const struct space *space, const struct frame *frame)
{
	if (frame->module == NO_ID)
		return frame->offset;
	for (u32 i = 0; i < space->count; i++) {
		const struct mapping *m = &space->maps[i];

		/* A return address may be the first byte behind the mapping. */
		if (m->module == frame->module && frame->offset >= m->offset &&
		    frame->offset - m->offset <= m->end - m->start)
			return frame->offset - m->offset + m->start;
	}
	return 0;
}

static void take_addresses(const struct space *space, const struct stack *s, struct trace *out)
{
	out->guessed = false;
	for (u32 i = 0; i < out->count; i++) {
		out->ip[i] = address_of(space, &s->frames[i]);
		out->guessed |= s->frames[i].source == SOURCE_GUESS ||
				s->frames[i].source == SOURCE_FP;
	}
}

static void unwind(void *self, const struct taken *taken, struct trace *out)
{
	struct ours *o = self;
	struct stack *s = &o->stack;
	u32 module;

	s->count = 0;
	while (unwind_user(o->unwinder, &taken->sample, taken->space, false, s, &module) ==
	       UNWIND_WAIT)
		usleep(1000);
	out->count = s->count;
	out->stop = STOP_END;
	if (s->count && frame_is_end(&s->frames[s->count - 1])) {
		out->stop = (int)s->frames[s->count - 1].offset;
		out->count--;
	}
	if (!out->timed) /* turning places back into addresses is no part of unwinding */
		take_addresses(taken->space, s, out);
}

static void stop(void *self)
{
	struct ours *o = self;

	unwinder_free(o->unwinder);
	loader_stop(o->loader);
	free(o);
}

const struct unwinder_api oracle_ours = { "aprof", start, unwind, stop };
