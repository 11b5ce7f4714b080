/* Whose sample it is, and where its code was mapped: fork, exec, exit, reuse of ids, names. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "profiler/process/processes.h"
#include "tests/unit/check.h"

static struct modules *modules;
static struct processes *ps;

static void begin(bool everything, bool no_inherit)
{
	modules = modules_new();
	ps = processes_new(modules, &(struct processes_options){ .everything = everything,
								 .no_inherit = no_inherit });
}

static void finish(void)
{
	processes_free(ps);
	modules_free(modules);
}

static void do_fork(u32 ppid, u32 ptid, u32 pid, u32 tid)
{
	processes_apply(ps, &(struct record){ .type = PERF_RECORD_FORK,
					      .task = { pid, ppid, tid, ptid } });
}

static void do_exit(u32 pid, u32 tid)
{
	processes_apply(ps, &(struct record){ .type = PERF_RECORD_EXIT,
					      .task = { pid, pid, tid, tid } });
}

static void do_comm(u32 pid, u32 tid, const char *comm, bool exec)
{
	processes_apply(ps, &(struct record){ .type = PERF_RECORD_COMM,
					      .comm = { pid, tid, exec, comm } });
}

static void do_mmap(u32 pid, u64 start, const char *path)
{
	processes_apply(ps, &(struct record){ .type = PERF_RECORD_MMAP2,
					      .mmap = { .pid = pid,
							.tid = pid,
							.start = start,
							.len = 0x1000,
							.prot = PROT_READ | PROT_EXEC,
							.inode = 1,
							.path = path } });
}

static const char *path_at(u32 pid, u64 addr)
{
	struct thread *t = processes_thread(ps, pid, pid);
	const struct mapping *m = t ? space_find(t->process->space, addr) : NULL;

	return m ? modules_get(modules, m->module)->path : "";
}

static void test_child_is_mine_from_its_exec(void)
{
	begin(false, false);
	processes_add_child(ps, 10);
	CHECK(!processes_thread(ps, 10, 10));
	do_mmap(10, 0x1000, "/bin/recorder");
	do_comm(10, 10, "target", true);
	CHECK(processes_thread(ps, 10, 10));
	CHECK_STR(path_at(10, 0x1000), "");
	do_mmap(10, 0x1000, "/bin/target");
	CHECK_STR(path_at(10, 0x1000), "/bin/target");
	CHECK(!processes_thread(ps, 11, 11));
	finish();
}

static void test_family(void)
{
	begin(false, false);
	processes_add_child(ps, 10);
	do_comm(10, 10, "target", true);
	do_mmap(10, 0x1000, "/bin/target");
	do_fork(10, 10, 10, 12); /* a thread */
	do_fork(10, 12, 20, 20); /* its child */
	do_fork(99, 99, 30, 30); /* a stranger */
	CHECK(processes_thread(ps, 10, 12));
	CHECK(processes_thread(ps, 20, 20));
	CHECK(!processes_thread(ps, 30, 30));
	CHECK_STR(path_at(20, 0x1000), "/bin/target");
	do_mmap(20, 0x1000, "/lib/other.so");
	CHECK_STR(path_at(20, 0x1000), "/lib/other.so");
	CHECK_STR(path_at(10, 0x1000), "/bin/target");
	finish();
}

static void test_no_inherit(void)
{
	begin(false, true);
	processes_add_child(ps, 10);
	do_comm(10, 10, "target", true);
	do_fork(10, 10, 20, 20);
	CHECK(processes_thread(ps, 10, 10));
	CHECK(!processes_thread(ps, 20, 20));
	finish();
}

/* The last samples of a thread come after its EXIT; a new thread of the same id is another one. */
static void test_exit_and_reuse(void)
{
	begin(false, false);
	processes_add_child(ps, 10);
	do_comm(10, 10, "target", true);
	do_mmap(10, 0x1000, "/bin/target");
	do_fork(10, 10, 20, 20);
	do_exit(20, 20);
	CHECK(processes_thread(ps, 20, 20));
	do_fork(99, 99, 20, 20);
	CHECK(!processes_thread(ps, 20, 20));
	do_fork(10, 10, 20, 20);
	do_comm(20, 20, "second", false);
	CHECK_STR(processes_thread(ps, 20, 20)->comm, "second");
	finish();
}

static void test_fork_storm_is_bounded(void)
{
	begin(false, false);
	processes_add_child(ps, 10);
	do_comm(10, 10, "target", true);
	for (u32 pid = 100; pid < 100000; pid++) {
		do_fork(10, 10, pid, pid);
		do_exit(pid, pid);
	}
	CHECK(!processes_thread(ps, 100, 100)); /* forgotten */
	CHECK(processes_thread(ps, 99999, 99999));
	CHECK(processes_thread(ps, 10, 10));
	finish();
}

static void test_names(void)
{
	struct thread *t;

	begin(false, false);
	processes_add_child(ps, 10);
	do_comm(10, 10, "target", true);
	t = processes_thread(ps, 10, 10);
	t->name_id = 5;
	do_comm(10, 10, "target", false);
	CHECK_EQ(t->name_id, 5);
	do_comm(10, 10, "worker", false);
	CHECK_EQ(t->name_id, NO_ID);
	do_comm(10, 10, "a name that is longer than the kernel's", false);
	CHECK_EQ(strlen(t->comm), COMM_SIZE - 1);
	finish();
}

static void test_kinds(void)
{
	begin(true, false);
	do_mmap(5, 0x1000, "//anon");
	do_mmap(5, 0x2000, "[vdso]");
	do_mmap(5, 0x3000, "/memfd:jit (deleted)");
	do_mmap(5, 0x4000, "/usr/bin/x (deleted)");
	CHECK_STR(path_at(5, 0x1000), "[jit 5]");
	CHECK_STR(path_at(5, 0x2000), "[vdso]");
	CHECK_STR(path_at(5, 0x3000), "[jit 5]");
	CHECK_STR(path_at(5, 0x4000), "/usr/bin/x (deleted)");
	finish();
}

static void test_system_wide(void)
{
	begin(true, false);
	CHECK(processes_thread(ps, 77, 78));
	CHECK_STR(processes_thread(ps, 77, 78)->comm, ":78");
	CHECK_STR(processes_thread(ps, 0, 0)->comm, "swapper");
	finish();
}

static void test_attach_self(void)
{
	u64 here = (u64)(uintptr_t)test_attach_self;

	begin(false, false);
	CHECK(!processes_attach(ps, (u32)getpid()));
	CHECK(strstr(path_at((u32)getpid(), here), "test_processes"));
	err_free(processes_attach(ps, 0x7ffffff0));
	CHECK(!processes_thread(ps, 0x7ffffff0, 0x7ffffff0));
	finish();
}

int main(void)
{
	test_child_is_mine_from_its_exec();
	test_family();
	test_no_inherit();
	test_exit_and_reuse();
	test_fork_storm_is_bounded();
	test_names();
	test_kinds();
	test_system_wide();
	test_attach_self();
	return check_done();
}
