/*
 * libdebuginfod is loaded only when it is asked for: it brings an HTTP client with it, and most
 * machines need none. Its functions' types are those of <elfutils/debuginfod.h>.
 */
#include "lib/binary/debuginfod.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include <aprof/cleanup.h>

struct client;

struct library {
	void *handle;
	struct client *(*begin)(void);
	int (*find)(struct client *, const unsigned char *id, int id_len, char **path);
	void (*end)(struct client *);
};

/* POSIX's way to turn dlsym()'s pointer into one to a function. */
static bool load_function(void *handle, const char *name, void *where)
{
	*(void **)where = dlsym(handle, name);
	return *(void **)where != NULL;
}

static struct library lib;
static bool usable;

static void load(void)
{
	lib.handle = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!lib.handle) {
		notice("DEBUGINFOD_URLS is set, but libdebuginfod is not installed: "
		       "debug information is only looked for on this machine");
		return;
	}
	usable = load_function(lib.handle, "debuginfod_begin", &lib.begin) &&
		 load_function(lib.handle, "debuginfod_find_debuginfo", &lib.find) &&
		 load_function(lib.handle, "debuginfod_end", &lib.end);
}

struct err *debuginfod_find(const struct binary *bin, struct binary **out)
{
	const struct build_id *id = binary_build_id(bin);
	const char *urls = getenv("DEBUGINFOD_URLS");
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *path = NULL;
	struct client *client;

	*out = NULL;
	if (!urls || !*urls || !id->size)
		return NULL;
	pthread_once(&once, load);
	client = usable ? lib.begin() : NULL;
	if (!client)
		return NULL;
	fd = lib.find(client, id->bytes, id->size, &path);
	lib.end(client);
	if (fd < 0)
		return NULL;
	return binary_open_fd(out, fd, path ? path : "the debug file from debuginfod");
}
