/* aprof doctor: checks a machine, and a program, for all that aprof can use. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <aprof/command.h>
#include <aprof/options.h>
#include <aprof/text.h>

#include "profiler/doctor/doctor.h"

void finding_add(struct findings *findings, enum finding_level level, const char *what,
		 const char *way_out, const char *fmt, ...)
{
	struct text text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(&text, fmt, ap);
	va_end(ap);
	*vec_push(findings) = (struct finding){
		.level = level,
		.what = what,
		.text = text_take(&text),
		.way_out = way_out,
	};
}

void findings_release(struct findings *findings)
{
	vec_each (findings, f)
		free(f->text);
	vec_release(findings);
}

static void print_findings(struct findings *findings)
{
	static const char *const levels[] = { "ok", "note", "missing" };

	vec_each (findings, f)
		printf("%-8s %-15s %s%s%s\n", levels[f->level], f->what, f->text,
		       f->way_out ? "; " : "", f->way_out ? f->way_out : "");
	findings_release(findings);
}

static struct err *run_doctor(int argc, char **argv, int *status)
{
	const struct option_spec specs[] = { { 0 } };
	const struct options options = {
		.usage = "aprof doctor [BINARY]",
		.summary = "Checks this machine, and a program, for all that aprof can use.",
		.specs = specs,
		.epilogue = "One line a check: ok, note (it works, but could do more) or missing, "
			    "and the way out.\nThe exit status is 0 if a recording is possible, 1 "
			    "if not.",
	};
	struct findings findings = { 0 };
	struct parsed parsed;
	bool possible;

	*status = 0;
	TRY(options_parse(&options, argc, argv, &parsed));
	if (parsed.help)
		return NULL;
	if (parsed.count > 1)
		return err_usage("one program at a time: '%s' is one too many", parsed.operands[1]);
	possible = doctor_machine(&findings);
	print_findings(&findings);
	if (parsed.count) {
		printf("\n%s\n", parsed.operands[0]);
		possible &= doctor_binary(&findings, parsed.operands[0]);
		print_findings(&findings);
	}
	*status = !possible;
	return NULL;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "check a machine and a program for all that aprof can use",
	.run = run_doctor,
};
