/* Running one unit's share of a query. */
#include "lib/dwarf/task.h"

#include <stdlib.h>

#include <aprof/alloc.h>

void task_init(struct task *task, struct unit *unit, struct budget *marks)
{
	*task = (struct task){ .unit = unit, .marks = marks };
}

void task_release(struct task *task)
{
	vec_release(&task->addresses);
	vec_release(&task->hits);
	vec_release(&task->levels);
}

void task_add(struct task *task, u32 query, u64 vaddr)
{
	*vec_push(&task->addresses) = (struct task_address){
		.vaddr = vaddr,
		.query = query,
		.hit = NO_ID,
		.place.file = NO_ID,
	};
}

/* Ranges of a unit come in any order, addresses within one ascend. */
static int by_vaddr(const void *a, const void *b)
{
	const struct task_address *x = a, *y = b;

	return x->vaddr < y->vaddr ? -1 : x->vaddr > y->vaddr;
}

static void sort_addresses(struct task *task)
{
	for (size_t i = 1; i < task->addresses.len; i++) {
		if (task->addresses.data[i].vaddr < task->addresses.data[i - 1].vaddr) {
			vec_sort(&task->addresses, by_vaddr);
			return;
		}
	}
}

static bool walk(struct task *task, const u64 *vaddrs, u32 *innermost, bool jump, bool *jumped)
{
	struct walk_query query = {
		.vaddrs = vaddrs,
		.count = (u32)task->addresses.len,
		.innermost = innermost,
		.hits = &task->hits,
		.marks = task->marks,
	};

	task->hits.len = 0;
	memset(innermost, 0xff, task->addresses.len * sizeof *innermost);
	return unit_walk(task->unit, &query, jump, jumped);
}

static bool has_missed(const u32 *innermost, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (innermost[i] == NO_ID)
			return true;
	return false;
}

static u64 *vaddrs_of(const struct task *task)
{
	u64 *vaddrs = xcalloc(task->addresses.len, sizeof *vaddrs);

	for (size_t i = 0; i < task->addresses.len; i++)
		vaddrs[i] = task->addresses.data[i].vaddr;
	return vaddrs;
}

void task_walk(struct task *task)
{
	size_t count = task->addresses.len;
	u32 *innermost = xcalloc(count, sizeof *innermost);
	bool jumped = false;
	u64 *vaddrs;

	sort_addresses(task);
	vaddrs = vaddrs_of(task);
	task->whole = walk(task, vaddrs, innermost, true, &jumped);
	/* A function nested in one that was jumped over (C, Fortran) is found without jumps. */
	if (task->whole && jumped && has_missed(innermost, count))
		task->whole = walk(task, vaddrs, innermost, false, &jumped);
	for (size_t i = 0; task->whole && i < count; i++)
		task->addresses.data[i].hit = innermost[i];
	free(vaddrs);
	free(innermost);
}

void task_find_lines(struct task *task)
{
	size_t count = task->addresses.len;
	struct line_place *places;
	u64 *vaddrs;

	if (!task->whole)
		return;
	task->skipped_lines = task->unit->head->has_lines && !unit_has_lines(task->unit);
	places = xcalloc(count, sizeof *places);
	vaddrs = vaddrs_of(task);
	for (size_t i = 0; i < count; i++)
		places[i].file = NO_ID;
	line_run(task->unit, vaddrs, (u32)count, places);
	for (size_t i = 0; i < count; i++)
		task->addresses.data[i].place = places[i];
	free(places);
	free(vaddrs);
}

const struct level *task_level(struct task *task, u32 hit, struct functions *functions)
{
	struct level *level;
	u64 die = task->unit->offset + task->hits.data[hit].die;

	if (!task->levels.len)
		vec_resize(&task->levels, task->hits.len);
	level = &task->levels.data[hit];
	if (!level->function)
		level->function = function_of(functions, task->unit, die);
	if (!level->has_call && task->hits.data[hit].parent != NO_ID)
		level->call = call_site_of(functions, task->unit, die);
	level->has_call = true;
	return level;
}

static struct call_site site_of(struct task *task, const struct line_place *place,
				struct functions *functions)
{
	if (place->file == NO_ID)
		return (struct call_site){ 0 };
	return (struct call_site){
		.file = line_path(task->unit, place->file, &functions->arena),
		.line = place->line,
		.column = place->column,
	};
}

void task_name(struct task *task, struct functions *functions)
{
	functions->only = task->unit;
	vec_each(&task->addresses, address) {
		address->at = site_of(task, &address->place, functions);
		for (u32 hit = address->hit; hit != NO_ID; hit = task->hits.data[hit].parent)
			task_level(task, hit, functions);
	}
}
