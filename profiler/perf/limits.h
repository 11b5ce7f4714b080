/* What the machine allows: CPUs, descriptors, locked memory, rates; and the sizes that follow. */
#ifndef APROF_PERF_LIMITS_H
#define APROF_PERF_LIMITS_H

#include <aprof/err.h>
#include <aprof/types.h>
#include <aprof/vec.h>

struct cpu_list VEC(u32);

/* "0-3,8" to numbers. False if it does not read so. */
bool cpu_list_parse(const char *text, struct cpu_list *out);
ERR_MUST_CHECK struct err *limits_online_cpus(struct cpu_list *out);

/*
 * Raises the limits of descriptors and locked memory as far as they go. The children that are forked
 * later inherit that: fork the target first.
 */
void limits_raise(void);

#define RING_BYTES_USUAL (8ull << 20)
#define RING_BYTES_MAX (64ull << 20)
#define RING_BYTES_ALL (256ull << 20) /* of all CPUs together */
#define RING_BYTES_MIN (64ull << 10)
#define RING_SAMPLES_MIN 64 /* a ring holds at least so many with full stack copies */

/*
 * The ring for samples that we would like, and the one for mmap, comm, fork … beside it. At high rates
 * with large copies it holds RING_MS: so long a thread waits for its turn where every CPU is busy, and
 * a virtual CPU for its host.
 */
#define RING_MS 50
u64 limits_ring_bytes(size_t cpus, u64 samples_a_second, u32 stack_bytes);
u64 limits_side_bytes(u64 ring_bytes);

/* The largest copy of the stack that a sample can hold, and one that suits the ring; `asked` 0: the
   largest that does. A multiple of 8. */
#define STACK_BYTES_MAX 65528u
u32 limits_stack_bytes(u32 asked, u64 ring_bytes);

#endif
