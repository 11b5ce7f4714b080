/* Address spaces: cutting, replacing, sharing; checked against a byte-per-page model. */
#include <stdlib.h>

#include "profiler/process/space_edit.h"
#include "tests/unit/check.h"

#define PAGES 64
#define PAGE 0x1000ull

static void put(struct space **s, u64 first, u64 last, u32 module)
{
	space_replace(s, &(struct mapping){ .start = first * PAGE,
					    .end = last * PAGE,
					    .offset = first * PAGE + module * 0x100000ull,
					    .module = module });
}

static void test_find(void)
{
	struct space *s = space_new();

	CHECK(!space_find(s, 0));
	put(&s, 2, 4, 7);
	CHECK(!space_find(s, 2 * PAGE - 1));
	CHECK(space_find(s, 2 * PAGE) && space_find(s, 2 * PAGE)->module == 7);
	CHECK(space_find(s, 4 * PAGE - 1));
	CHECK(!space_find(s, 4 * PAGE));
	space_put(s);
}

static void test_cut_in_two(void)
{
	struct space *s = space_new();
	const struct mapping *right;

	put(&s, 0, 10, 1);
	put(&s, 4, 6, 2);
	CHECK_EQ(s->count, 3);
	right = space_find(s, 6 * PAGE);
	CHECK(right && right->module == 1 && right->start == 6 * PAGE);
	CHECK_EQ(right->offset, 0x100000 + 6 * PAGE);
	space_put(s);
}

/* A change leaves the picture that someone else holds as it was. */
static void test_shared(void)
{
	struct space *s = space_new(), *before;

	put(&s, 0, 2, 1);
	before = space_get(s);
	put(&s, 0, 2, 2);
	CHECK_EQ(space_find(before, 0)->module, 1);
	CHECK_EQ(space_find(s, 0)->module, 2);
	CHECK(before->generation != s->generation);
	space_put(before);
	space_put(s);
}

static void test_same_mapping_keeps_generation(void)
{
	struct space *s = space_new();
	u64 generation;

	put(&s, 0, 2, 1);
	generation = s->generation;
	put(&s, 0, 2, 1);
	CHECK_EQ(s->generation, generation);
	space_put(s);
}

static void test_against_model(void)
{
	u32 model[PAGES] = { 0 }; /* module + 1 */
	struct space *s = space_new();

	srand(1);
	for (u32 step = 0; step < 2000; step++) {
		u64 first = (u64)rand() % PAGES;
		u64 last = first + 1 + (u64)rand() % (PAGES - first);
		u32 module = rand() % 8 ? (u32)rand() % 5 : NO_ID;

		put(&s, first, last, module);
		for (u64 p = first; p < last; p++)
			model[p] = module == NO_ID ? 0 : module + 1;
		for (u64 p = 0; p < PAGES; p++) {
			const struct mapping *m = space_find(s, p * PAGE + 5);

			CHECK_EQ(m ? m->module + 1 : 0, model[p]);
			if (m)
				CHECK_EQ(m->offset - m->start, m->module * 0x100000ull);
		}
		for (u32 i = 1; i < s->count; i++)
			CHECK(s->maps[i - 1].end <= s->maps[i].start);
	}
	space_put(s);
}

int main(void)
{
	test_find();
	test_cut_in_two();
	test_shared();
	test_same_mapping_keeps_generation();
	test_against_model();
	return check_done();
}
