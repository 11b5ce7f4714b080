/* <aprof/crew.h>: each part is done once, whoever adds it, and with one CPU as with several. */
#include <aprof/crew.h>

#include <sched.h>
#include <unistd.h>

#include <aprof/text.h>

#include "tests/unit/check.h"

#define PARTS 500

struct count {
	struct crew *crew;
	unsigned int done[PARTS]; /* atomic */
};

static void one(void *arg, size_t i)
{
	struct count *count = arg;

	__atomic_add_fetch(&count->done[i], 1, __ATOMIC_RELAXED);
}

static void check_done_once(const struct count *count)
{
	for (size_t i = 0; i < PARTS; i++)
		CHECK_EQ(count->done[i], 1);
}

static void test_add(void)
{
	struct count count = { .crew = crew_new() };

	for (size_t i = 0; i < PARTS; i++)
		crew_add(count.crew, one, &count, i, i % 7);
	crew_finish(count.crew);
	check_done_once(&count);
}

/* Some take their time: who does not wait for them finds them undone. */
static void one_slowly(void *arg, size_t i)
{
	if (i % 50 == 0)
		usleep(2000);
	one(arg, i);
}

/* When it returns, all is done, though the crew has more to do. */
static void test_each(void)
{
	struct count count = { .crew = crew_new() }, other = { 0 };

	for (size_t i = 0; i < PARTS; i++)
		crew_add(count.crew, one, &other, i, 1);
	crew_each(count.crew, one_slowly, &count, PARTS);
	check_done_once(&count);
	crew_each(count.crew, one, &count, 0);
	crew_finish(count.crew);
	check_done_once(&other);
}

static void find_slowly(void *arg, struct crew_search *search)
{
	(void)arg;
	for (size_t i = 0; i < PARTS; i++) {
		if (i % 100 == 0)
			usleep(1000);
		crew_found(search);
	}
}

static void find_nothing(void *arg, struct crew_search *search)
{
	(void)arg;
	(void)search;
}

/* When it returns, all that was found is done; what else there is may be. */
static void test_search(void)
{
	struct count count = { .crew = crew_new() }, other = { 0 };

	for (size_t i = 0; i < PARTS; i++)
		crew_add(count.crew, one, &other, i, 1);
	crew_search(count.crew, find_slowly, one_slowly, &count);
	check_done_once(&count);
	crew_search(count.crew, find_nothing, one, &count);
	check_done_once(&count);
	crew_finish(count.crew);
	check_done_once(&other);
}

static void add_the_next(void *arg, size_t i)
{
	struct count *count = arg;

	one(arg, i);
	if (i + 1 < PARTS)
		crew_add(count->crew, add_the_next, count, i + 1, 1);
}

static void test_added_by_parts(void)
{
	struct count count = { .crew = crew_new() };

	crew_add(count.crew, add_the_next, &count, 0, 1);
	crew_finish(count.crew);
	check_done_once(&count);
}

struct batches {
	struct crew *crew;
	struct count counts[4];
};

static void batch(void *arg, size_t i)
{
	struct batches *batches = arg;

	crew_each(batches->crew, one, &batches->counts[i], PARTS);
	check_done_once(&batches->counts[i]);
}

static void test_each_within_parts(void)
{
	struct batches batches = { .crew = crew_new() };

	for (size_t i = 0; i < ARRAY_LEN(batches.counts); i++)
		crew_add(batches.crew, batch, &batches, i, i);
	crew_finish(batches.crew);
}

static void test_aside(void)
{
	struct count count = { .crew = crew_new() };

	for (size_t i = 0; i < 3; i++)
		crew_aside(count.crew, one, &count, i);
	crew_finish(count.crew);
	for (size_t i = 0; i < 3; i++)
		CHECK_EQ(count.done[i], 1);
}

/* The heaviest part that waits is taken first: with one thread that is the order of all. */
static void note(void *arg, size_t i)
{
	struct text *order = arg;

	text_printf(order, "%zu ", i);
}

static void test_order(void)
{
	struct crew *crew = crew_new();
	struct text order = { 0 };

	crew_add(crew, note, &order, 1, 10);
	crew_add(crew, note, &order, 2, 30);
	crew_add(crew, note, &order, 3, 20);
	crew_finish(crew);
	CHECK_STR(text_str(&order), "2 3 1 ");
	text_release(&order);
}

static void test_all(void)
{
	test_add();
	test_each();
	test_search();
	test_added_by_parts();
	test_each_within_parts();
	test_aside();
}

int main(void)
{
	cpu_set_t one_cpu;

	test_all();
	CPU_ZERO(&one_cpu);
	CPU_SET((size_t)sched_getcpu(), &one_cpu);
	if (sched_setaffinity(0, sizeof one_cpu, &one_cpu) == 0) {
		test_all();
		test_order();
	}
	return check_done();
}
