/* Reading perf-PID.map files, and finding addresses in them. */
#include "profiler/process/jit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <aprof/alloc.h>
#include <aprof/arena.h>
#include <aprof/cleanup.h>
#include <aprof/vec.h>

/* A map of more than this is not read on: the file is the target's to write. */
#define MAX_NAMES 1000000u

struct jit_symbol {
	u64 start, end;
	const char *name;
	u32 order; /* of the line: the later of two that overlap replaced the earlier */
};

struct jit_map {
	u32 pid;
	struct VEC(struct jit_symbol) symbols; /* sorted by start, then order */
};

struct jit_names {
	struct VEC(struct jit_map) maps;
	struct arena arena;
};

struct jit_names *jit_names_new(void)
{
	return xzalloc(sizeof(struct jit_names));
}

void jit_names_free(struct jit_names *names)
{
	if (!names)
		return;
	vec_each(&names->maps, map) vec_release(&map->symbols);
	vec_release(&names->maps);
	arena_release(&names->arena);
	free(names);
}

/* In the target's mount namespace while it lives, else in ours. A FIFO would block: regular only. */
static FILE *open_map(u32 pid)
{
	char paths[2][64];
	struct stat st;

	snprintf(paths[0], sizeof paths[0], "/proc/%u/root/tmp/perf-%u.map", pid, pid);
	snprintf(paths[1], sizeof paths[1], "/tmp/perf-%u.map", pid);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (stat(paths[i], &st) == 0 && S_ISREG(st.st_mode))
			return fopen(paths[i], "re");
	return NULL;
}

static int by_start(const void *a, const void *b)
{
	const struct jit_symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void read_map(struct jit_names *names, struct jit_map *map)
{
	AUTO_FCLOSE FILE *f = open_map(map->pid);
	AUTO_FREE char *line = NULL;
	size_t room = 0;
	u64 start, size;
	int name;

	while (f && map->symbols.len < MAX_NAMES && getline(&line, &room, f) > 0) {
		name = 0;
		if (sscanf(line, "%" SCNx64 " %" SCNx64 " %n", &start, &size, &name) < 2 || !name ||
		    start + size < start)
			continue;
		line[name + (int)strcspn(line + name, "\n")] = '\0';
		struct jit_symbol symbol = {
			.start = start,
			.end = start + size,
			.name = arena_strdup(&names->arena, line + name),
			.order = (u32)map->symbols.len,
		};
		*vec_push(&map->symbols) = symbol;
	}
	vec_sort(&map->symbols, by_start);
}

static struct jit_map *map_of(struct jit_names *names, u32 pid)
{
	struct jit_map *map;

	vec_each(&names->maps, m) if (m->pid == pid) return m;
	map = vec_push(&names->maps);
	*map = (struct jit_map){ .pid = pid };
	read_map(names, map);
	return map;
}

const char *jit_name(struct jit_names *names, u32 pid, u64 address, u64 *start)
{
	const struct jit_map *map = map_of(names, pid);
	size_t lo = 0, hi = map->symbols.len;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (map->symbols.data[mid].start <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || map->symbols.data[lo - 1].end <= address)
		return NULL;
	*start = map->symbols.data[lo - 1].start;
	return map->symbols.data[lo - 1].name;
}
