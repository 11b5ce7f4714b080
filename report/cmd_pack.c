/* `aprof pack`: puts the names that a profile needs into it. */
#include <aprof/cleanup.h>
#include <aprof/command.h>
#include <aprof/options.h>
#include <aprof/vec.h>

#include "report/symbols/pack.h"
#include "report/view/outfile.h"
#include "report/view/view.h"

struct pack_options {
	const char *input, *output, *symfs;
	struct VEC(const char *) debug_binaries;
};

static void release(struct pack_options *o)
{
	vec_release(&o->debug_binaries);
}

static struct err *add_binary(const char *value, void *where)
{
	struct pack_options *o = where;

	*vec_push(&o->debug_binaries) = value;
	return NULL;
}

static struct err *parse_options(struct pack_options *o, int argc, char **argv,
				 struct parsed *parsed)
{
	const struct option_spec specs[] = {
		{ 'i', "input", OPTION_STRING, &o->input, "FILE", "the profile [aprof.data]" },
		{ 'o', "output", OPTION_STRING, &o->output, "OUT",
		  "where the packed profile goes; - is standard output" },
		{ 0, "symfs", OPTION_STRING, &o->symfs, "DIR", "look for binaries below DIR" },
		{ 0, "debug-binary", OPTION_CALL, o, "FILE",
		  "take debug information from a build with the same text", .call = add_binary },
		{ 0 },
	};
	const struct options options = {
		.usage = "aprof pack [options] [FILE] -o OUT",
		.summary = "Embeds names, lines and inlined functions, so that the profile reads where the "
			   "binaries are not.",
		.specs = specs,
	};

	return options_parse(&options, argc, argv, parsed);
}

static struct err *write_packed(const struct pack_options *o, const struct profile *profile,
				const struct symbols *symbols)
{
	struct pack_result result;
	struct outfile file;
	struct err *err;

	TRY(outfile_open(&file, o->output));
	err = pack_write(file.stream, profile, symbols, &result);
	if (!err)
		err = outfile_commit(&file);
	outfile_discard(&file);
	if (!err && result.unnamed)
		notice("%llu frames stay without a name: their binaries are missing or changed",
		       (unsigned long long)result.unnamed);
	return err;
}

static struct err *pack(struct pack_options *o, const char *path)
{
	struct profile *profile;
	struct symbols *symbols;
	struct symbols_options options = { .symfs = o->symfs };
	struct err *err;

	*vec_push(&o->debug_binaries) = NULL;
	options.debug_binaries = o->debug_binaries.data;
	TRY(view_profile(&profile, path));
	options.crew = crew_new();
	err = symbols_resolve(&symbols, profile, &options);
	crew_finish(options.crew);
	if (!err) {
		err = write_packed(o, profile, symbols);
		symbols_free(symbols);
	}
	profile_close(profile);
	return err;
}

static struct err *run(int argc, char **argv, int *status)
{
	CLEANUP(release) struct pack_options o = { 0 };
	struct parsed parsed;
	const char *path;

	*status = 0;
	TRY(parse_options(&o, argc, argv, &parsed));
	if (parsed.help)
		return NULL;
	if (!o.output)
		return err_usage("pack needs -o OUT");
	TRY(view_input(&(struct view_options){ .input = o.input }, &parsed, &path));
	return pack(&o, path);
}

const struct command cmd_pack = {
	"pack",
	"embed the names a profile needs, for reading it elsewhere",
	run,
};
