/* The front door: the table of commands, dispatch, and errors printed for people. */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <aprof/command.h>
#include <aprof/err.h>

/* In the order of `aprof help`. A command joins when all that it needs is there. */
static const struct command *const commands[] = {
	&cmd_record,
	&cmd_import,
	&cmd_events,
	&cmd_doctor,
	&cmd_report,
	&cmd_diff,
	&cmd_flamegraph,
	&cmd_annotate,
	&cmd_export,
	&cmd_script,
	&cmd_info,
	&cmd_pack,
	NULL,
};

static const struct command *find(const char *name)
{
	for (const struct command *const *at = commands; *at; at++)
		if (strcmp((*at)->name, name) == 0)
			return *at;
	return NULL;
}

static struct err *unknown(const char *name)
{
	return err_usage("unknown command '%s'; see aprof help", name);
}

static void print_help(FILE *out)
{
	fprintf(out, "usage: aprof COMMAND [options] [arguments]\n\n"
		     "A sampling profiler for Linux x86-64 that understands async Rust.\n\n");
	for (const struct command *const *at = commands; *at; at++)
		fprintf(out, "  %-11s %s\n", (*at)->name, (*at)->summary);
	fprintf(out, "\n'aprof help COMMAND' or 'aprof COMMAND --help' tells its options.\n");
}

static struct err *run_help(int argc, char **argv, int *status)
{
	const struct command *command = argc > 1 ? find(argv[1]) : NULL;
	char option[] = "--help";
	char *words[] = { argv[1], option, NULL };

	*status = 0;
	if (argc > 1 && !command)
		return unknown(argv[1]);
	if (command)
		return command->run(2, words, status);
	print_help(stdout);
	return NULL;
}

static struct err *dispatch(int argc, char **argv, int *status)
{
	const char *word = argc > 1 ? argv[1] : "";
	const struct command *command = find(word);

	if (command)
		return command->run(argc - 1, argv + 1, status);
	if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return run_help(argc - 1, argv + 1, status);
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		printf("aprof %s\n", APROF_VERSION);
		return NULL;
	}
	if (*word)
		return unknown(word);
	print_help(stderr);
	*status = 2;
	return NULL;
}

/*
 * What could not be written is an error even at the very end (a full disk), except that a reader
 * who has seen enough (`aprof report | head`) is none.
 */
static struct err *finish_output(void)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fclose(stdout) != 0 && errno != EBADF)
		failed = true;
	if (!failed || errno == EPIPE)
		return NULL;
	return errno ? err_os(errno, "cannot write to standard output") :
		       err_new("cannot write to standard output");
}

int main(int argc, char **argv)
{
	int status = 0;
	struct err *err = dispatch(argc, argv, &status);
	struct err *output = finish_output();

	if (err)
		status = err_report(err);
	if (output && !err)
		status = err_report(output);
	else
		err_free(output);
	return status;
}
