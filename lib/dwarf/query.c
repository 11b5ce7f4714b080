/*
 * dwarf_query: from sorted addresses to inline chains.
 *
 * 1. Units whose own DIE covers an address are candidates for it.
 * 2. A round gives each address to its first candidate, walks the units that got some, runs their
 *    line programs, and names what was hit. In the first one, units are walked while others are
 *    looked for.
 * 3. What was hit is called back; what was not goes to its next candidate, in the next round.
 * 4. Of what is left, the line is called back where a line table has it.
 */
#include <aprof/dwarf.h>

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <dwarf.h>

#include "lib/dwarf/aranges.h"
#include "lib/dwarf/dwarf.h"
#include "lib/dwarf/line.h"
#include "lib/dwarf/ranges.h"
#include "lib/dwarf/task.h"

/* Ranges of units overlap only by accident: an address is not offered to more units than this. */
#define MAX_ROUNDS 4

#define LARGE_INFO (1u << 20)

/* Addresses [first, last) are covered by a unit. */
struct candidate {
	u32 first, last;
	u32 unit;
};

/* The line of an address for which its unit has no function. */
struct line_only {
	u32 query;
	struct call_site at;
};

struct query {
	struct dwarf *dwarf;
	struct crew *crew; /* NULL: there is none */
	const u64 *vaddrs;
	u32 count;
	struct VEC(struct candidate) candidates; /* in order of unit */
	struct VEC(struct task) tasks; /* of the round; does not move: each has an address */
	u32 unit; /* whose ranges are being read */
	u8 *owned; /* by address: a task of the round has it */
	u32 *next; /* units below it need not be tried for the address; NO_ID: it has its answer */
	struct VEC(struct line_only) line_onlys;
	struct VEC(struct dwarf_frame) chain; /* being called back */
	struct budget marks;
	dwarf_found *found;
	void *arg;
};

static void query_init(struct query *q, struct dwarf *dwarf, const u64 *vaddrs, u32 count)
{
	*q = (struct query){ .dwarf = dwarf, .vaddrs = vaddrs, .count = count };
	q->next = xcalloc(count, sizeof *q->next);
	q->owned = xzalloc(count);
	vec_reserve(&q->tasks, count);
	/* Chains of compilers are some dozens deep. */
	q->marks.left = 4096ull * count + (1 << 20);
}

static void query_release(struct query *q)
{
	vec_release(&q->candidates);
	vec_release(&q->tasks);
	vec_release(&q->line_onlys);
	vec_release(&q->chain);
	free(q->owned);
	free(q->next);
}

/* ---- 1. candidates ---- */

static u32 first_at_least(const struct query *q, u64 address)
{
	u32 low = 0, high = q->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (q->vaddrs[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_candidate(void *arg, u64 low, u64 high)
{
	struct query *q = arg;
	struct candidate c = { .first = first_at_least(q, low), .unit = q->unit };

	for (c.last = c.first; c.last < q->count && q->vaddrs[c.last] < high;)
		c.last++;
	if (c.first < c.last && budget_take(&q->marks, c.last - c.first))
		*vec_push(&q->candidates) = c;
}

/* Does the unit cover an address? Then it is a candidate. A damaged list counts for as far as it goes. */
static void examine(struct query *q, const struct aranges *aranges, struct unit *unit)
{
	struct code_values code;

	if (!unit_may_have_code(unit) ||
	    aranges_of(aranges, unit->offset) == ARANGES_ELSEWHERE || !unit_read_head(unit))
		return;
	code = (struct code_values){ unit->head->low, unit->head->high, unit->head->ranges };
	if (!code_ranges(unit, &code, add_candidate, q))
		dwarf_damaged_unit(unit->file);
}

/* ---- 2. rounds ---- */

static void give(struct query *q, u32 number, u32 address)
{
	struct task *task = q->tasks.len ? &q->tasks.data[q->tasks.len - 1] : NULL;
	struct unit *unit = q->dwarf->file.units.data[number];

	if (!task || task->unit != unit) {
		task = vec_push(&q->tasks);
		task_init(task, unit, &q->marks);
	}
	task_add(task, address, q->vaddrs[address]);
	q->owned[address] = 1;
	q->next[address] = number + 1;
}

/* Gives each address that waits for an answer to the first of these units that has not been tried. */
static void offer(struct query *q, size_t first_candidate)
{
	for (size_t k = first_candidate; k < q->candidates.len; k++) {
		const struct candidate *c = &q->candidates.data[k];

		for (u32 i = c->first; i < c->last; i++)
			if (!q->owned[i] && q->next[i] <= c->unit)
				give(q, c->unit, i);
	}
}

/* Tasks of the first round; `search`, if not NULL, is told of each. */
static void find_tasks(void *arg, struct crew_search *search)
{
	struct query *q = arg;
	struct dwarf_file *file = &q->dwarf->file;
	struct aranges aranges = { 0 };
	struct unit *unit;

	aranges_read(&aranges, file, q->vaddrs, q->count, NULL);
	for (q->unit = 0; (unit = unit_number(file, q->unit)); q->unit++) {
		size_t candidates = q->candidates.len, tasks = q->tasks.len;

		examine(q, &aranges, unit);
		offer(q, candidates);
		if (search && q->tasks.len > tasks)
			crew_found(search);
	}
	vec_release(&aranges);
}

static void walk_task(void *arg, size_t i)
{
	struct query *q = arg;

	task_walk(&q->tasks.data[i]);
}

static void find_lines(void *arg, size_t i)
{
	struct query *q = arg;

	task_find_lines(&q->tasks.data[i]);
}

static void name_task(void *arg, size_t i)
{
	struct query *q = arg;
	struct functions *functions = namers_take(&q->dwarf->namers);

	task_name(&q->tasks.data[i], functions);
	namers_give_back(&q->dwarf->namers, functions);
}

/* Does a thread of its own pay for finding units? What was decompressed does not wait for a disk. */
static bool is_large(const struct dwarf_file *file)
{
	struct bytes info = file->sections[DWARF_INFO], whole = binary_bytes(file->bin);

	return bytes_left(&info) >= LARGE_INFO && info.at >= whole.at && info.at < whole.end;
}

static void walk_first(struct query *q)
{
	if (q->crew && is_large(&q->dwarf->file)) {
		crew_search(q->crew, find_tasks, walk_task, q);
	} else {
		find_tasks(q, NULL);
		crew_each(q->crew, walk_task, q, q->tasks.len);
	}
}

static void walk_next(struct query *q)
{
	memset(q->owned, 0, q->count);
	offer(q, 0);
	crew_each(q->crew, walk_task, q, q->tasks.len);
}

/* ---- 3. answers ---- */

static void add_level(struct query *q, const struct dwarf_function *function,
		      const struct call_site *at)
{
	*vec_push(&q->chain) = (struct dwarf_frame){
		.function = function,
		.file = at->file,
		.line = at->line,
		.column = at->column,
	};
}

static void call_back(struct query *q, u32 address)
{
	q->found(q->arg, address, q->chain.data, q->chain.len);
	q->chain.len = 0;
	q->next[address] = NO_ID;
}

/* The innermost level stands where the address does, each other one where its callee was called. */
static void answer(struct query *q, struct task *task, const struct task_address *address)
{
	struct call_site at = address->at;

	if (address->hit == NO_ID) {
		if (at.line || task->skipped_lines)
			*vec_push(&q->line_onlys) = (struct line_only){ address->query, at };
		return;
	}
	for (u32 hit = address->hit; hit != NO_ID; hit = task->hits.data[hit].parent) {
		const struct level *level = task_level(task, hit, &q->dwarf->functions);

		add_level(q, level->function, &at);
		at = level->call;
	}
	call_back(q, address->query);
}

static void finish_round(struct query *q)
{
	vec_each(&q->tasks, task) {
		vec_each(&task->addresses, address)
			answer(q, task, address);
		task_release(task);
	}
	q->tasks.len = 0;
}

static void answer_lines(struct query *q)
{
	vec_each(&q->line_onlys, only) {
		if (q->next[only->query] == NO_ID)
			continue;
		add_level(q, NULL, &only->at);
		call_back(q, only->query);
	}
}

void dwarf_query(struct dwarf *dwarf, struct crew *crew, const u64 *vaddrs, size_t count,
		 dwarf_found *found, void *arg)
{
	struct query q;

	if (!count || count >= NO_ID)
		return;
	query_init(&q, dwarf, vaddrs, (u32)count);
	q.crew = crew;
	q.found = found;
	q.arg = arg;
	walk_first(&q);
	for (int round = 1; q.tasks.len; round++) {
		/* Of a large file these are read last. */
		crew_each(crew, find_lines, &q, q.tasks.len);
		crew_each(crew, name_task, &q, q.tasks.len);
		finish_round(&q);
		if (round < MAX_ROUNDS)
			walk_next(&q);
	}
	answer_lines(&q);
	query_release(&q);
}
