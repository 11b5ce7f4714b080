/* One subcommand of aprof: a row of the table in main.c. */
#ifndef APROF_COMMAND_H
#define APROF_COMMAND_H

#include <aprof/err.h>

struct command {
	const char *name;
	const char *summary; /* one line for `aprof help` */
	/*
	 * argv[0] is the command's name. *status is the exit status when no error is returned: 0, or
	 * for `record` the target's own.
	 */
	struct err *(*run)(int argc, char **argv, int *status);
};

/* profiler/ */
extern const struct command cmd_record;
extern const struct command cmd_import;
extern const struct command cmd_events;
extern const struct command cmd_doctor;

/* report/ */
extern const struct command cmd_report;
extern const struct command cmd_diff;
extern const struct command cmd_info;
extern const struct command cmd_script;
extern const struct command cmd_pack;
extern const struct command cmd_flamegraph;
extern const struct command cmd_annotate;
extern const struct command cmd_export;

#endif
