/* What `aprof doctor` finds: one line a check, how serious it is, and the way out. */
#ifndef APROF_DOCTOR_DOCTOR_H
#define APROF_DOCTOR_DOCTOR_H

#include <aprof/types.h>
#include <aprof/vec.h>

enum finding_level {
	FINDING_OK,
	FINDING_NOTE, /* it works, but less than it could */
	FINDING_MISSING,
};

struct finding {
	enum finding_level level;
	const char *what; /* "kernel names"; static */
	char *text; /* owned */
	const char *way_out; /* NULL: none, or none needed; static */
};

struct findings VEC(struct finding);

void finding_add(struct findings *findings, enum finding_level level, const char *what,
		 const char *way_out, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void findings_release(struct findings *findings);

/* The machine, for who asks. False if no recording is possible. */
bool doctor_machine(struct findings *findings);
/* A program on disk. False if it is none that can be profiled. */
bool doctor_binary(struct findings *findings, const char *path);

/* doctor_debug.c: what debug information a binary comes with, by asking it about functions. */
struct binary;
void doctor_debug(struct findings *findings, struct binary *bin, bool is_rust);

/* Functions of a binary to look at, spread over it: at most DOCTOR_FUNCTIONS, sorted. The program's
   own if there are any: not those of Rust's standard library. */
#define DOCTOR_FUNCTIONS 400
struct vaddr_vec VEC(u64);
void doctor_functions(struct binary *bin, struct vaddr_vec *out);

#endif
