/* What ran before the recording: names and mappings of running processes, read from /proc. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <aprof/cleanup.h>
#include <aprof/text.h>

#include "profiler/process/processes_private.h"

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define AUTO_CLOSEDIR CLEANUP(closedirp)

/* The number that names a process or thread in /proc; 0 for other entries. */
static u32 entry_id(const struct dirent *entry)
{
	return isdigit((unsigned char)entry->d_name[0]) ? (u32)strtoul(entry->d_name, NULL, 10) : 0;
}

static void read_comm(struct thread *thread)
{
	char path[64], comm[COMM_SIZE + 1];
	AUTO_FCLOSE FILE *f = NULL;

	snprintf(path, sizeof path, "/proc/%u/task/%u/comm", thread->process->pid, thread->tid);
	f = fopen(path, "re");
	if (!f || !fgets(comm, sizeof comm, f))
		return;
	comm[strcspn(comm, "\n")] = '\0';
	thread_set_comm(thread, comm);
}

/* One line of /proc/PID/maps; false if it is not an executable mapping. */
static bool parse_map(char *line, struct mmap_record *out)
{
	u64 start, end;
	char prot[5];
	int path = 0;

	*out = (struct mmap_record){ 0 };
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n", &start,
		   &end, prot, &out->offset, &out->maj, &out->min, &out->inode, &path) < 7 ||
	    !path || end <= start || prot[2] != 'x')
		return false;
	line[path + (int)strcspn(line + path, "\n")] = '\0';
	out->start = start;
	out->len = end - start;
	out->prot = PROT_READ | PROT_EXEC;
	out->path = line[path] ? line + path : "//anon";
	return true;
}

static struct err *read_maps(struct processes *processes, struct process *process)
{
	char path[64];
	AUTO_FCLOSE FILE *f = NULL;
	AUTO_FREE char *line = NULL;
	struct mmap_record map;
	size_t room = 0;

	snprintf(path, sizeof path, "/proc/%u/maps", process->pid);
	f = fopen(path, "re");
	if (!f)
		return err_os(errno, "%s", path);
	errno = 0;
	while (getline(&line, &room, f) > 0)
		if (parse_map(line, &map))
			process_map(processes, process, &map);
	/* The file opens for everyone; reading another user's fails. */
	return errno ? err_os(errno, "%s", path) : NULL;
}

/* The process that a thread belongs to ("Tgid:" of its status); 0 if it is gone. */
static u32 process_of(u32 tid)
{
	char path[64];
	AUTO_FCLOSE FILE *f = NULL;
	AUTO_FREE char *line = NULL;
	size_t room = 0;
	u32 pid;

	snprintf(path, sizeof path, "/proc/%u/status", tid);
	f = fopen(path, "re");
	while (f && getline(&line, &room, f) > 0)
		if (sscanf(line, "Tgid: %u", &pid) == 1)
			return pid;
	return 0;
}

static struct err *gone(u32 id, const char *what)
{
	return err_new("there is no %s %u", what, id);
}

struct err *processes_attach_thread(struct processes *processes, u32 tid)
{
	u32 pid = process_of(tid);
	struct thread *thread;

	if (!pid)
		return gone(tid, "thread");
	/* The main thread carries the process's name. */
	read_comm(tasks_get(&processes->tasks, pid, pid));
	thread = tasks_get(&processes->tasks, pid, tid);
	read_comm(thread);
	thread->mine = true;
	return read_maps(processes, thread->process);
}

void process_thread_ids(u32 pid, struct thread_ids *out)
{
	char path[64];
	AUTO_CLOSEDIR DIR *dir = NULL;
	struct dirent *entry;

	out->len = 0;
	snprintf(path, sizeof path, "/proc/%u/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry_id(entry))
			*vec_push(out) = entry_id(entry);
}

static void thread_ids_release(struct thread_ids *ids)
{
	vec_release(ids);
}

struct err *processes_attach(struct processes *processes, u32 pid)
{
	CLEANUP(thread_ids_release) struct thread_ids tids = { 0 };
	struct thread *leader;

	if (process_of(pid) != pid)
		return process_of(pid) ? err_hint(err_new("%u is a thread, not a process", pid),
						  "use -t %u for one thread", pid) :
					 gone(pid, "process");
	process_thread_ids(pid, &tids);
	if (!tids.len)
		return gone(pid, "process");
	leader = tasks_get(&processes->tasks, pid, pid);
	vec_each(&tids, tid) {
		struct thread *thread = tasks_get(&processes->tasks, pid, *tid);

		thread->mine = true;
		read_comm(thread);
	}
	return read_maps(processes, leader->process);
}

void processes_attach_all(struct processes *processes)
{
	AUTO_CLOSEDIR DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry_id(entry))
			err_free(processes_attach(processes, entry_id(entry)));
}
