/* aprof import: a recording of perf becomes a profile. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/cleanup.h>
#include <aprof/command.h>
#include <aprof/options.h>
#include <aprof/text.h>

#include "profiler/import/import.h"
#include "profiler/session/output.h"

static struct err *open_input(const char *path, int *fd)
{
	*fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
	return *fd < 0 ? err_os(errno, "cannot open '%s'", path) : NULL;
}

static void print_result(const char *input, const char *output, const struct import_result *r)
{
	char size[16];

	notice("imported %llu samples from %s, %s in %s", (unsigned long long)r->quality.samples,
	       input, format_size(r->bytes, size), output);
	if (r->problem)
		notice("%s: %s; what is whole was imported", input, r->problem);
	if (r->malformed)
		notice("%llu records could not be understood", (unsigned long long)r->malformed);
	if (r->quality.lost)
		notice("perf lost %llu records", (unsigned long long)r->quality.lost);
}

static struct err *import(const char *input, const char *output)
{
	AUTO_CLOSE int in = -1;
	AUTO_FREE char *problem = NULL;
	struct import_result result;
	struct output out;
	struct err *err;
	int fd;

	TRY(open_input(input, &in));
	TRY(output_open(&out, output));
	fd = out.fd;
	out.fd = -1;
	err = import_perfdata(in, input, fd, output, &result);
	problem = result.problem;
	if (err)
		output_discard(&out);
	else
		print_result(input, output, &result);
	output_release(&out);
	return err;
}

static struct err *run_import(int argc, char **argv, int *status)
{
	const char *output = "aprof.data";
	bool quiet = false;
	const struct option_spec specs[] = {
		{ 'o', "output", OPTION_STRING, &output, "FILE",
		  "the profile (aprof.data); - is standard output" },
		{ 'q', "quiet", OPTION_FLAG, &quiet, NULL, "say nothing but errors" },
		{ 0 },
	};
	const struct options options = {
		.usage = "aprof import [options] FILE",
		.summary = "Makes a profile from a recording of perf.",
		.specs = specs,
		.epilogue =
			"FILE is what `perf record -o FILE` wrote; - reads what `perf record -o -` "
			"pipes.\nBinaries are used for unwinding if they are on this machine and "
			"are the recorded ones.",
	};
	struct parsed parsed;

	*status = 0;
	TRY(options_parse(&options, argc, argv, &parsed));
	if (parsed.help)
		return NULL;
	if (parsed.count != 1)
		return err_hint(err_usage("import takes one recording"),
				"aprof import perf.data -o aprof.data");
	if (quiet)
		notice_quiet(true);
	return import(parsed.operands[0], output);
}

const struct command cmd_import = {
	.name = "import",
	.summary = "make a profile from a recording of perf (perf.data)",
	.run = run_import,
};
