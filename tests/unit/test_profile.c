/* What the store writes is what the loader reads. */
#include "tests/unit/model.h"

static void check_profile(const struct model *m, struct profile *p)
{
	struct model_check check = { .model = m, .profile = p };

	CHECK_EQ(p->rows, m->rows);
	CHECK_EQ(p->quality.samples, m->rows);
	CHECK_EQ(p->damaged_chunks, 0);
	CHECK_EQ(p->damaged_bytes, 0);
	CHECK_EQ(p->tail_bytes, 0);
	CHECK_EQ(p->lost_references, 0);
	CHECK(p->ended);
	CHECK_STR(profile_meta(p, "command"), "server --port 1");
	CHECK(profile_meta(p, "nothing") == NULL);
	CHECK(p->event_count >= 1);
	CHECK_STR(p->events[0].name, "cpu-clock");
	CHECK_EQ(p->events[0].frequency, 999);
	for (int pass = 0; pass < 2; pass++) {
		check.rows = check.next = 0;
		CHECK(profile_rows(p, model_check_row, &check) == NULL);
		CHECK_EQ(check.rows, m->rows);
		CHECK_EQ(check.wrong, 0);
		CHECK_EQ(check.lost, 0);
	}
}

static void round_trip(const struct model *m)
{
	struct profile *p;
	struct err *err = profile_open_fd(&p, model_write(m), "model");

	if (err)
		exit(err_report(err));
	check_profile(m, p);
	CHECK(p->epochs >= 1);
	if (m->epoch_nodes)
		CHECK(p->epochs >= 5);
	profile_close(p);
}

int main(void)
{
	static const struct model models[] = {
		{ .rows = 0, .modules = 1, .threads = 1, .events = 1, .stacks = 1, .seed = 1 },
		{ .rows = 1, .modules = 1, .threads = 1, .events = 1, .stacks = 1, .seed = 2 },
		{ .rows = 5000, .modules = 7, .threads = 3, .events = 1, .stacks = 300, .seed = 3,
		  .branches = true },
		{ .rows = 40000, .modules = 90, .threads = 500, .events = 3, .stacks = 9000,
		  .seed = 4 },
		{ .rows = 20000, .modules = 40, .threads = 9, .events = 1, .stacks = 3000,
		  .seed = 5, .epoch_nodes = 5000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		round_trip(&models[i]);
	return check_done();
}
