/*
 * A BPF program on the events of whole CPUs: what is certainly not the target's is not copied at all.
 *
 * Such an event sees every task. With copies of the stack, a machine that is busy otherwise fills the
 * rings with what is thrown away at once, and samples of the target are lost for it. The program
 * returns 0 for a process that is marked, and the kernel then drops the sample before it is prepared
 * (bpf_overflow_handler() in kernel/events/core.c). All others pass, so that a child's first
 * samples cannot be missed: the recorder marks what it knows to be strangers.
 *
 * Needs CAP_BPF and CAP_PERFMON, and Linux 5.5 (maps that are written without a system call).
 */
#ifndef APROF_PERF_SIEVE_H
#define APROF_PERF_SIEVE_H

#include <aprof/err.h>
#include <aprof/types.h>

struct sieve;

/* An error says why the machine cannot: without it all works, only with more copying. */
ERR_MUST_CHECK struct err *sieve_open(struct sieve **out);
void sieve_close(struct sieve *sieve);

/* Puts the program on an event. Returns 0 or the errno. */
int sieve_attach(const struct sieve *sieve, int event_fd);

/* The process's samples are kept back; delivered again. Ids are those of the initial namespace. */
void sieve_mark(struct sieve *sieve, u32 pid);
void sieve_unmark(struct sieve *sieve, u32 pid);
bool sieve_is_marked(const struct sieve *sieve, u32 pid);

#endif
