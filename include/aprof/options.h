/*
 * Command lines by table: each command lists its options once, and parsing and --help follow.
 *
 * Long options take "--name VALUE" or "--name=VALUE"; short ones "-n VALUE" or "-nVALUE", and flags
 * may be joined ("-qv"). "--" ends the options. An unknown option is an ERR_USAGE that names it.
 */
#ifndef APROF_OPTIONS_H
#define APROF_OPTIONS_H

#include <aprof/err.h>

enum option_kind {
	OPTION_FLAG, /* bool *: set to true */
	OPTION_FLAG_OFF, /* bool *: set to false */
	OPTION_COUNT, /* int *: one more each time */
	OPTION_STRING, /* const char **: the argument itself */
	OPTION_U64, /* u64 *: within [min, max] */
	OPTION_DURATION, /* u64 *: nanoseconds */
	OPTION_SIZE, /* u64 *: bytes */
	OPTION_CALL, /* call(value_or_NULL, where): NULL value when no argument is taken */
	OPTION_HEADING, /* not an option: a heading in the help, in `help` */
};

struct option_spec {
	char short_name; /* 0: none */
	const char *long_name; /* NULL: none */
	enum option_kind kind;
	void *where;
	const char *argument; /* name of the argument in the help; NULL for OPTION_CALL without one */
	const char *help; /* NULL: not shown */
	u64 min, max; /* OPTION_U64; max 0 means no bound */
	struct err *(*call)(const char *value, void *where);
	bool optional; /* argument only in the "--name=VALUE" form */
};

struct options {
	const char *usage; /* "aprof record [options] [--] COMMAND [ARG...]" */
	const char *summary; /* one sentence */
	const struct option_spec *specs; /* ends with an all-zero row */
	const char *epilogue; /* printed behind the options; may be NULL */
	bool stop_at_operand; /* the first operand ends the options (record COMMAND ...) */
};

struct parsed {
	char **operands; /* points into argv, which is reordered; ends with NULL */
	int count;
	bool dashes; /* the operands after `before_dashes` of them stood behind "--" */
	int before_dashes;
	bool help; /* --help or -h was given and printed on stdout: the command returns 0 at once */
};

/* argv[0] is the command's name. */
ERR_MUST_CHECK struct err *options_parse(const struct options *opts, int argc, char **argv,
					 struct parsed *out);
void options_help(const struct options *opts);

#endif
