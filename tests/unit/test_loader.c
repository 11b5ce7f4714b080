/* The loader thread: tables for files, none for memory, and failures that are remembered. */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "profiler/unwind/loader.h"
#include "profiler/unwind/table.h"
#include "tests/unit/check.h"

static struct modules *modules;
static struct loader *loader;

static enum loader_state wait_for(u32 module, const struct table **table, enum stop_reason *why)
{
	struct pollfd fd = { .fd = loader_fd(loader), .events = POLLIN };
	enum loader_state state;
	u64 count;

	CHECK_EQ(loader_state(loader, module, table, why), LOADER_UNASKED);
	loader_request(loader, module);
	loader_request(loader, module);
	while ((state = loader_state(loader, module, table, why)) == LOADER_WAITING) {
		poll(&fd, 1, -1);
		CHECK_EQ(read(fd.fd, &count, sizeof count), sizeof count);
	}
	return state;
}

static u32 add(enum module_kind kind, const char *path, const struct build_id *id)
{
	struct module want = { .kind = kind, .path = path };

	if (id)
		want.build_id = *id;
	return modules_add(modules, &want);
}

struct seen {
	u32 ready, failed;
	bool sentence, id, rows;
};

static void see(void *arg, const struct loader_report *report)
{
	struct seen *seen = arg;

	seen->ready += report->state == LOADER_READY;
	seen->failed += report->state == LOADER_FAILED;
	seen->sentence |= report->why && strstr(report->why, "/nonexistent/program");
	seen->id |= report->build_id.size > 0;
	seen->rows |= report->rows > 100;
}

int main(void)
{
	const struct build_id wrong = { .size = 4, .bytes = { 1, 2, 3, 4 } };
	const struct table *table = NULL, *twin = NULL;
	enum stop_reason why = STOP_END;
	struct seen seen = { 0 };
	char self[PATH_MAX], link[] = "/tmp/aprof-test-XXXXXX";
	struct stat st;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	int fd = mkstemp(link);

	if (!CHECK(n > 0) || !CHECK(fd >= 0))
		return check_done();
	self[n] = '\0';
	CHECK(!stat(self, &st));
	close(fd);
	unlink(link);
	CHECK(!symlink(self, link));

	modules = modules_new();
	CHECK(!loader_start(&loader, modules));
	CHECK_EQ(wait_for(add(MODULE_FILE, self, NULL), &table, &why), LOADER_READY);
	CHECK(table && table->count > 100);
	/* The same build under another name: the same table. */
	CHECK_EQ(wait_for(add(MODULE_FILE, link, NULL), &twin, &why), LOADER_READY);
	if (table && binary_build_id(table->bin)->size)
		CHECK(twin == table);

	table = NULL;
	CHECK_EQ(wait_for(add(MODULE_FILE, "/nonexistent/program", NULL), &table, &why),
		 LOADER_FAILED);
	CHECK_EQ(why, STOP_NO_TABLE);
	CHECK_EQ(wait_for(add(MODULE_FILE, self, &wrong), &table, &why), LOADER_FAILED);
	CHECK_EQ(why, STOP_CHANGED);
	CHECK_EQ(wait_for(add(MODULE_FILE, "/dev/null", NULL), &table, &why), LOADER_FAILED);
	CHECK_EQ(wait_for(add(MODULE_FILE, "/etc/passwd", NULL), &table, &why), LOADER_FAILED);
	CHECK(!table);

	CHECK_EQ(wait_for(add(MODULE_JIT, "[anon:1]", NULL), &table, &why), LOADER_READY);
	CHECK(!table);
	if (getauxval(AT_SYSINFO_EHDR)) {
		CHECK_EQ(wait_for(add(MODULE_VDSO, "[vdso]", NULL), &table, &why), LOADER_READY);
		CHECK(table && table->count > 4);
	}
	CHECK_EQ(loader_state(loader, 12345, &table, &why), LOADER_UNASKED);
	loader_request(loader, 12345); /* no such module: nothing to do */

	loader_reports(loader, see, &seen);
	CHECK(seen.ready >= 3);
	CHECK_EQ(seen.failed, 4);
	CHECK(seen.sentence);
	CHECK(seen.rows);

	/* Stopped while there is work in the queue. */
	loader_request(loader, add(MODULE_FILE, "/proc/self/exe", NULL));
	loader_stop(loader);
	modules_free(modules);
	unlink(link);
	return check_done();
}
