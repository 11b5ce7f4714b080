/*
 * Who is a stranger: a process of which no thread is known to the target's tree.
 *
 * What ran before the recording and is not attached to can never become the target's. A process that
 * comes later is a stranger once one of its samples was handed out and nobody knew it: its FORK came
 * before. An id that is free again may be given to a child of the target, so a mark ends with the
 * process, and none is set between its end and the next FORK with its id.
 */
#include "profiler/session/strangers.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>

#include <aprof/alloc.h>

/* Ids go on from here in rings only (PID_MAX_LIMIT); what is above is not marked. */
#define PIDS_MAX (4u << 20)

static u64 *ended_word(struct session *s, u32 pid)
{
	if (pid >= PIDS_MAX)
		return NULL;
	if (!s->ended)
		s->ended = xcalloc(PIDS_MAX / 64, sizeof *s->ended);
	return &s->ended[pid / 64];
}

static void note_end(struct session *s, u32 pid, bool ended)
{
	u64 *word = ended_word(s, pid), bit = 1ull << pid % 64;

	sampler_unmark_stranger(s->sampler, pid);
	if (word)
		*word = ended ? *word | bit : *word & ~bit;
}

static bool has_ended(struct session *s, u32 pid)
{
	const u64 *word = ended_word(s, pid);

	return !word || *word >> pid % 64 & 1;
}

static void on_sample(struct session *s, u32 pid, u32 tid)
{
	if (!sampler_is_stranger(s->sampler, pid) && !has_ended(s, pid) &&
	    !processes_know(s->processes, pid, tid))
		sampler_mark_stranger(s->sampler, pid);
}

void strangers_look(struct session *s)
{
	const char *why;
	struct dirent *entry;
	DIR *dir;

	if (!sampler_sifts(s->sampler, &why))
		return;
	sampler_mark_stranger(s->sampler, 0);
	dir = opendir("/proc");
	while (dir && (entry = readdir(dir))) {
		u32 pid = (u32)strtoul(entry->d_name, NULL, 10);

		if (isdigit((unsigned char)entry->d_name[0]) &&
		    !processes_know(s->processes, pid, pid))
			sampler_mark_stranger(s->sampler, pid);
	}
	if (dir)
		closedir(dir);
}

void strangers_record(struct session *s, const struct record *record)
{
	const struct task_record *task = &record->task;
	const char *why;

	if (!sampler_sifts(s->sampler, &why))
		return;
	if (record->type == PERF_RECORD_SAMPLE)
		on_sample(s, record->sample.pid, record->sample.tid);
	else if (record->type == PERF_RECORD_FORK && task->pid == task->tid)
		note_end(s, task->pid, false);
	else if (record->type == PERF_RECORD_EXIT && task->pid == task->tid)
		note_end(s, task->pid, true);
}

void strangers_release(struct session *s)
{
	free(s->ended);
}
