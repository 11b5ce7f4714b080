/* Which profile a command reads, and opening it: our own, or a foreign recording that is imported. */
#include <errno.h>
#include <unistd.h>

#include <aprof/foreign.h>

#include "report/view/view.h"

struct err *view_input(const struct view_options *options, const struct parsed *parsed,
		       const char **path)
{
	if (parsed->count > 1 || (parsed->count == 1 && options->input))
		return err_usage("one profile at a time: '%s' is one too many",
				 parsed->operands[parsed->count - 1]);
	*path = parsed->count ? parsed->operands[0] : options->input;
	return NULL;
}

struct err *view_profile(struct profile **out, const char *path)
{
	int fd = -1;

	if (!path && access(VIEW_DEFAULT_PROFILE, F_OK) != 0 && errno == ENOENT)
		return err_hint(err_new("there is no " VIEW_DEFAULT_PROFILE " here"),
				"name a profile, or make one with 'aprof record COMMAND'");
	path = path ? path : VIEW_DEFAULT_PROFILE;
	TRY(foreign_open(path, &fd));
	return fd < 0 ? profile_open(out, path) : profile_open_fd(out, fd, path);
}
