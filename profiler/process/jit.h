/*
 * Names that a JIT compiler wrote down for its code: /tmp/perf-PID.map, a line "START SIZE NAME" in
 * hex for each function (the kernel's tools/perf/Documentation/jit-interface.txt).
 *
 * Read once, at the end of a recording: it grows while the target runs.
 */
#ifndef APROF_PROCESS_JIT_H
#define APROF_PROCESS_JIT_H

#include <aprof/types.h>

struct jit_names;

struct jit_names *jit_names_new(void);
void jit_names_free(struct jit_names *names);

/* The function of process `pid` that covers an address, and its start; NULL if none is known. Reads
   the process's map on first use. */
const char *jit_name(struct jit_names *names, u32 pid, u64 address, u64 *start);

#endif
