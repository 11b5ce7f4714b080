/* `aprof info`: what a profile is, and how good it is. */

#include <aprof/command.h>
#include <aprof/options.h>

#include "report/view/info.h"
#include "report/view/view.h"

struct info_options {
	const char *input;
	bool verbose;
};

static struct err *parse_options(struct info_options *o, int argc, char **argv,
				 struct parsed *parsed)
{
	const struct option_spec specs[] = {
		{ 'i', "input", OPTION_STRING, &o->input, "FILE", "the profile [aprof.data]" },
		{ 'v', "verbose", OPTION_FLAG, &o->verbose, NULL,
		  "all modules, threads and facts too" },
		{ 0 },
	};
	const struct options options = {
		.usage = "aprof info [options] [FILE]",
		.summary = "Tells what a profile is and how good it is.",
		.specs = specs,
	};

	return options_parse(&options, argc, argv, parsed);
}

static struct err *run(int argc, char **argv, int *status)
{
	struct info_options o = { 0 };
	struct parsed parsed;
	struct info info;
	const char *path;

	*status = 0;
	TRY(parse_options(&o, argc, argv, &parsed));
	if (parsed.help)
		return NULL;
	TRY(view_input(&(struct view_options){ .input = o.input }, &parsed, &path));
	TRY(info_open(&info, path));
	info_print(&info, stdout);
	if (o.verbose)
		info_print_all(&info, stdout);
	info_close(&info);
	return NULL;
}

const struct command cmd_info = {
	"info",
	"tell what a profile is and how good it is",
	run,
};
