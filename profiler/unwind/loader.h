/*
 * A thread that opens modules and compiles their unwind tables, so that the drain loop never does.
 *
 * The drain thread asks by module id; the table appears by an atomic store, once per build id. A
 * module that cannot be read is remembered as failed with its reason and never tried again.
 */
#ifndef APROF_UNWIND_LOADER_H
#define APROF_UNWIND_LOADER_H

#include <aprof/err.h>
#include <aprof/frame.h>
#include <aprof/types.h>

#include "profiler/process/modules.h"

struct loader;
struct table; /* table.h */

ERR_MUST_CHECK struct err *loader_start(struct loader **out, struct modules *modules);
void loader_stop(struct loader *loader); /* waits for the thread, frees all tables */

/* Asks for a table; does nothing if it was asked for already. Never blocks. */
void loader_request(struct loader *loader, u32 module);

enum loader_state {
	LOADER_UNASKED,
	LOADER_WAITING,
	LOADER_READY, /* *table is set */
	LOADER_FAILED, /* *why is set: STOP_NO_TABLE or STOP_CHANGED */
};
enum loader_state loader_state(const struct loader *loader, u32 module, const struct table **table,
			       enum stop_reason *why);

/* An eventfd that becomes readable when a table was finished. */
int loader_fd(const struct loader *loader);

/* What the loader learned that the profile must say: build ids found in files, failures. */
struct loader_report {
	const struct module *module;
	struct build_id build_id; /* read from the file, where the kernel gave none */
	enum loader_state state;
	const char *why; /* sentence; NULL when READY */
	u64 rows, table_bytes, build_ns;
};
size_t loader_reports(const struct loader *loader, void (*each)(void *arg, const struct loader_report *),
		      void *arg);

#endif
