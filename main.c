/* The front door: finds the command and runs it. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include <aprof/err.h>

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "help";

	if (!strcmp(command, "--version")) {
		printf("aprof %s\n", APROF_VERSION);
		return 0;
	}
	if (!strcmp(command, "help") || !strcmp(command, "--help")) {
		printf("Usage: aprof COMMAND [OPTION…] [ARGUMENT…]\n");
		return argc > 1 ? 0 : 2;
	}
	return err_report(err_usage("unknown command '%s'; see aprof help", command));
}
