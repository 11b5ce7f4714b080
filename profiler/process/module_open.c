/* Reaching the bytes of a mapped file: also when deleted, replaced, or in another mount namespace. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <aprof/binary.h>
#include <aprof/cleanup.h>
#include <aprof/text.h>

#include "profiler/process/modules.h"

/* The file is the one that was mapped: by build id, else by device and inode, else by its name. */
static bool is_mapped_file(const struct module *module, int fd)
{
	CLEANUP(binary_closep) struct binary *bin = NULL;
	struct stat st;
	struct err *err;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (module->build_id.size) {
		err = binary_open_fd(&bin, fd, module->path);
		if (err) {
			err_free(err);
			return false;
		}
		return build_id_equal(binary_build_id(bin), &module->build_id);
	}
	/* overlayfs and btrfs give the mapping another device than stat(): the inode must do. */
	return !module->inode || st.st_ino == module->inode;
}

/* 1: opened; 0: not there or not readable; -1: another file is there. */
static int try_path(const struct module *module, const char *path, int *out_fd)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return 0;
	if (!is_mapped_file(module, fd))
		return -1;
	*out_fd = TAKE_FD(fd);
	return 1;
}

/* The name without what the kernel puts behind that of an unlinked file. */
static void plain_path(const struct module *module, char *buf, size_t size)
{
	static const char deleted[] = " (deleted)";
	size_t len = strlen(module->path);

	if (ends_with(module->path, deleted))
		len -= sizeof deleted - 1;
	snprintf(buf, size, "%.*s", (int)(len < size ? len : size - 1), module->path);
}

struct err *module_open(const struct module *module, int *out_fd, bool *changed)
{
	char path[PATH_MAX], tried[PATH_MAX + 64];
	int found;

	*changed = false;
	if (module->kind != MODULE_FILE)
		return err_new("%s is not a file", module->path);
	plain_path(module, path, sizeof path);
	if (module->pid) {
		/* Needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE, but survives deletion. */
		snprintf(tried, sizeof tried, "/proc/%u/map_files/%llx-%llx", module->pid,
			 (unsigned long long)module->map_start,
			 (unsigned long long)module->map_end);
		if (try_path(module, tried, out_fd) > 0)
			return NULL;
		snprintf(tried, sizeof tried, "/proc/%u/root%s", module->pid, path);
		found = try_path(module, tried, out_fd);
		if (found > 0)
			return NULL;
		*changed |= found < 0;
	}
	/* The process may be gone already; our own view of the path is as good if the id agrees. */
	found = try_path(module, path, out_fd);
	if (found > 0)
		return NULL;
	*changed |= found < 0;
	if (*changed)
		return err_new("%s is not the file that was mapped", module->path);
	return err_new("%s cannot be opened", module->path);
}
