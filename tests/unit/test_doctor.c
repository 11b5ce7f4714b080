/* What the doctor says of machines: which findings matter, and whether a recording is possible. */
#include "profiler/doctor/doctor.h"

#include "tests/unit/check.h"
#include "tests/unit/standin.h"

static const struct finding *find(const struct findings *findings, const char *what)
{
	vec_each (findings, f)
		if (!strcmp(f->what, what))
			return f;
	return NULL;
}

/* The finding of that name has this level, and this in its text; a way out if one is needed. */
static void expect(const struct findings *findings, const char *what, enum finding_level level,
		   const char *text)
{
	const struct finding *f = find(findings, what);

	if (!check_that_(f != NULL, __FILE__, __LINE__, "no finding '%s'", what))
		return;
	check_that_(f->level == level && strstr(f->text, text), __FILE__, __LINE__, "%s: %d '%s'",
		    what, f->level, f->text);
}

static void test_skylake(void)
{
	struct findings findings = { 0 };

	standin_become(&machines[SKYLAKE]);
	CHECK(doctor_machine(&findings));
	CHECK_EQ(standin_leaks(), 0);
	expect(&findings, "recording", FINDING_OK, "cycles:ppp, for each task, user space and k");
	expect(&findings, "rings", FINDING_OK, "8192 KiB");
	expect(&findings, "PMU", FINDING_OK, "");
	expect(&findings, "PEBS", FINDING_OK, "precise=3");
	expect(&findings, "call-stack LBR", FINDING_OK, "");
	findings_release(&findings);
}

static void test_vm(void)
{
	struct findings findings = { 0 };

	standin_become(&machines[VM]);
	CHECK(doctor_machine(&findings));
	expect(&findings, "recording", FINDING_OK, "cpu-clock, once a CPU");
	expect(&findings, "PMU", FINDING_NOTE, "ENOENT");
	if (find(&findings, "PMU"))
		CHECK(find(&findings, "PMU")->way_out);
	expect(&findings, "LBR", FINDING_NOTE, "needs the PMU");
	findings_release(&findings);
}

/* paranoid 2 samples user space; 4 and a seccomp filter nothing. */
static void test_rights(void)
{
	struct findings findings = { 0 };
	struct machine machine = machines[VM];

	machine.capable = false;
	machine.paranoid = 2;
	machine.locked_max = 4 * 600 << 10;
	standin_become(&machine);
	CHECK(doctor_machine(&findings));
	expect(&findings, "recording", FINDING_NOTE, "for each task, user space only");
	expect(&findings, "rings", FINDING_NOTE, "KiB a CPU");
	expect(&findings, "rights", FINDING_NOTE, "perf_event_paranoid is 2");
	findings_release(&findings);

	machine.paranoid = 4;
	standin_become(&machine);
	CHECK(!doctor_machine(&findings));
	expect(&findings, "recording", FINDING_MISSING, "sysctl kernel.perf_event_paranoid=1");
	CHECK(!find(&findings, "rings"));
	findings_release(&findings);

	machine.seccomp = true;
	standin_become(&machine);
	CHECK(!doctor_machine(&findings));
	expect(&findings, "recording", FINDING_MISSING, "seccomp");
	findings_release(&findings);
}

int main(void)
{
	test_skylake();
	test_vm();
	test_rights();
	return check_done();
}
