/* Callchains that the kernel walked: its own part, and frame pointers of the user's. */
#include "profiler/unwind/unwind.h"

/* Markers of what follows are the 4095 largest values (PERF_CONTEXT_MAX). */
static bool is_marker(u64 entry)
{
	return entry >= (u64)PERF_CONTEXT_MAX;
}

/* The entries behind `marker`, up to the next one; *at is moved behind them. */
static const u64 *part(const struct sample *sample, u64 marker, u64 *at, u64 *count)
{
	for (; *at < sample->chain_len; ++*at) {
		const u64 *first = sample->chain + *at + 1;

		if (sample->chain[*at] != marker)
			continue;
		for (++*at, *count = 0; *at < sample->chain_len && !is_marker(sample->chain[*at]);
		     ++*at)
			++*count;
		return first;
	}
	*count = 0;
	return NULL;
}

static void push(struct stack *out, struct frame frame)
{
	if (out->count < APROF_MAX_DEPTH)
		out->frames[out->count++] = frame;
}

static void push_end(struct stack *out, enum stop_reason reason)
{
	out->frames[out->count++] = (struct frame){
		.offset = reason,
		.module = NO_ID,
		.source = SOURCE_FP,
		.status = reason == STOP_DEPTH ? FRAME_TRUNCATED : FRAME_FAILED,
	};
}

void unwind_kernel_chain(const struct sample *sample, u32 kernel_module, struct stack *out)
{
	u64 at = 0, count;
	const u64 *entries = part(sample, (u64)PERF_CONTEXT_KERNEL, &at, &count);

	for (u64 i = 0; i < count; i++)
		if (entries[i])
			push(out, (struct frame){
					  .offset = entries[i] - KERNEL_BASE,
					  .module = kernel_module,
					  .lookup = i ? LOOKUP_RETURN : LOOKUP_IP,
					  .space = SPACE_KERNEL,
					  .source = SOURCE_KERNEL_CHAIN,
				  });
}

void unwind_chain(const struct sample *sample, const struct space *space, struct stack *out)
{
	u64 at = 0, count;
	const u64 *entries = part(sample, (u64)PERF_CONTEXT_USER, &at, &count);

	for (u64 i = 0; i < count && entries[i]; i++) {
		const struct mapping *map = space_find(space, entries[i] - (i > 0));

		if (out->count >= APROF_MAX_DEPTH) {
			push_end(out, STOP_DEPTH);
			return;
		}
		/* rbp may hold anything: the first address that is no code ends the chain. */
		if (!map && i) {
			push_end(out, STOP_NOT_EXECUTABLE);
			return;
		}
		push(out, (struct frame){
				  .offset = map ? entries[i] - map->start + map->offset : entries[i],
				  .module = map ? map->module : NO_ID,
				  .lookup = i ? LOOKUP_RETURN : LOOKUP_IP,
				  .space = SPACE_USER,
				  .source = SOURCE_FP,
			  });
	}
}

void unwind_ip(u64 ip, const struct space *space, struct stack *out)
{
	const struct mapping *map = space_find(space, ip);

	push(out, (struct frame){
			  .offset = map ? ip - map->start + map->offset : ip,
			  .module = map ? map->module : NO_ID,
			  .lookup = LOOKUP_IP,
			  .space = SPACE_USER,
			  .source = SOURCE_TABLE,
		  });
}
