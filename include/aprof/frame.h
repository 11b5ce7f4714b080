/*
 * One physical frame, and how a stack of them ends: what passes from the profiler to the report.
 *
 * A frame has no address: it is a place in a module, so that maps, ASLR and pids stay behind in the
 * profiler. A stack is frames from the leaf outwards. A stack that does not reach the start of its
 * thread ends in a frame with module NO_ID whose `status` says what happened and whose `offset` is
 * an enum stop_reason: an early end is data, not an absence.
 */
#ifndef APROF_FRAME_H
#define APROF_FRAME_H

#include <aprof/types.h>

/* How `offset` points at code. */
enum frame_lookup {
	LOOKUP_IP, /* the instruction itself */
	LOOKUP_RETURN, /* behind a call: the call is at offset - 1 */
	LOOKUP_AWAIT, /* a suspension point (tasks read from memory) */
};

enum frame_space {
	SPACE_USER,
	SPACE_KERNEL,
	SPACE_GUEST,
};

/* Who found the frame. */
enum frame_source {
	SOURCE_TABLE, /* rules compiled from .eh_frame; also the sampled IP itself */
	SOURCE_FP, /* frame pointers, walked by the kernel or by us */
	SOURCE_LIBUNWIND,
	SOURCE_LBR,
	SOURCE_KERNEL_CHAIN,
	SOURCE_BPF,
	SOURCE_MEMORY, /* read from the live process later: may be stale */
	SOURCE_GUESS, /* no rule covers the place: return address taken from the top of the stack */
	SOURCE_COUNT
};

enum frame_status {
	FRAME_OK,
	FRAME_TRUNCATED, /* the stack goes on, its copy does not */
	FRAME_FAILED, /* the next frame could not be found */
	FRAME_SKID, /* the precise IP and the unwound stack are of different functions */
	FRAME_LOST, /* the definition of this stack was in a damaged part of the file */
	FRAME_STATUS_COUNT
};

/* Why a stack ended. STOP_END is the only good one, and has no frame of its own. */
enum stop_reason {
	STOP_END, /* the start of the thread: return address undefined or zero */
	STOP_COPY_END, /* beyond the bytes that the kernel copied */
	STOP_NO_RULE, /* no unwind rule covers the place */
	STOP_NO_MAP, /* the address is in no known mapping */
	STOP_NOT_EXECUTABLE, /* the return address is not in executable memory */
	STOP_BAD_RULE, /* rule evaluated to something impossible (CFA went backwards, bad memory) */
	STOP_DEPTH, /* more frames than APROF_MAX_DEPTH */
	STOP_NO_STACK, /* sampled without user registers or stack (kernel thread, exiting task) */
	STOP_NO_TABLE, /* the module's table could not be built in time, or at all */
	STOP_CHANGED, /* the module's file is not the one that was mapped */
	STOP_SKID, /* the precise address is in a function that the interrupted stack does not hold */
	STOP_COUNT
};

/* Deeper stacks are cut (STOP_DEPTH). */
#define APROF_MAX_DEPTH 2048

/* Start of the kernel's half of the address space (Documentation/arch/x86/x86_64/mm.rst). */
#define KERNEL_BASE 0xffff800000000000ull

struct frame {
	u64 offset; /* file offset in the module; kernel: address - KERNEL_BASE */
	u32 module; /* id; NO_ID: no module, `offset` is an address, or a stop_reason if status says */
	u8 lookup; /* enum frame_lookup */
	u8 space; /* enum frame_space */
	u8 source; /* enum frame_source */
	u8 status; /* enum frame_status */
};

_Static_assert(sizeof(struct frame) == 16, "frames are hashed and compared as 16 bytes");

static inline bool frame_is_end(const struct frame *f)
{
	return f->module == NO_ID && (f->status == FRAME_TRUNCATED || f->status == FRAME_FAILED);
}

/* "truncated", "the copy of the stack ended" …: for people. */
const char *frame_status_text(enum frame_status status);
const char *stop_reason_text(enum stop_reason reason);
const char *frame_source_text(enum frame_source source);

/* What a module is. */
enum module_kind {
	MODULE_FILE,
	MODULE_VDSO,
	MODULE_KERNEL, /* the kernel itself, its modules too: names come with the profile */
	MODULE_JIT, /* anonymous executable memory; names from perf-PID.map where there is one */
	MODULE_GUEST,
};

#define BUILD_ID_MAX 20

struct build_id {
	u8 size; /* 0: unknown */
	u8 bytes[BUILD_ID_MAX];
};

static inline bool build_id_equal(const struct build_id *a, const struct build_id *b)
{
	return a->size == b->size && __builtin_memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Lower-case hex; buf holds 2 * BUILD_ID_MAX + 1. Returns buf. */
char *build_id_text(const struct build_id *id, char buf[2 * BUILD_ID_MAX + 1]);

#endif
