/*
 * Every module of the session, once: what was mapped, and how its bytes can be reached.
 *
 * Ids are dense from 0 and never reused. The drain thread adds; the loader thread reads the entries
 * that were handed to it (an entry does not move and does not change after it was added, but for
 * `state`).
 */
#ifndef APROF_PROCESS_MODULES_H
#define APROF_PROCESS_MODULES_H

#include <aprof/err.h>
#include <aprof/frame.h>
#include <aprof/types.h>

struct module {
	u32 id;
	enum module_kind kind;
	const char *path; /* as the target sees it; "[vdso]", "[kernel]", "[anon:PID]" without a file */
	struct build_id build_id; /* from the kernel's MMAP2 record; size 0: unknown */
	u64 inode; /* with dev, where there is no build id */
	u32 dev_major, dev_minor;

	/* Where it was first seen: /proc/PID/map_files/START-END and /proc/PID/root/PATH reach the
	   mapped file itself, in another mount namespace and when deleted too. */
	u32 pid;
	u64 map_start, map_end;
};

struct modules;

struct modules *modules_new(void);
void modules_free(struct modules *modules);
size_t modules_count(const struct modules *modules);
const struct module *modules_get(const struct modules *modules, u32 id);

/* The id of what `want` describes, added if it is new: same kind, path and identity. Copies. */
u32 modules_add(struct modules *modules, const struct module *want);

/*
 * A read-only descriptor of the mapped file: map_files, then root/path, then the path itself, the
 * first whose build id (or dev/inode) is the recorded one. An error says what was tried. *changed
 * is set when a file was there but was another one.
 */
ERR_MUST_CHECK struct err *module_open(const struct module *module, int *out_fd, bool *changed);

#endif
