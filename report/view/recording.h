/* Recording a COMMAND first, for a command that then shows the profile. */
#ifndef APROF_VIEW_RECORDING_H
#define APROF_VIEW_RECORDING_H

#include <aprof/err.h>

/* Options of `aprof record` that are handed on; NULL: not given. */
struct recording_options {
	const char *freq, *period, *call_graph, *delay, *duration;
};

/* Rows of an option table. */
#define RECORDING_OPTIONS(o)                                                                        \
	{ 'F', "freq", OPTION_STRING, &(o)->freq, "HZ", "samples a second (999)" },                 \
		{ 'c',		"count", OPTION_STRING,                                             \
		  &(o)->period, "N",	 "one sample every N events instead" },                     \
		{ 0,                                                                                \
		  "call-graph",                                                                     \
		  OPTION_STRING,                                                                    \
		  &(o)->call_graph,                                                                 \
		  "MODE",                                                                           \
		  "auto, dwarf[,BYTES], fp or none" },                                              \
		{ 'D', "delay", OPTION_STRING, &(o)->delay, "MS", "start sampling so much later" }, \
	{                                                                                           \
		0, "duration", OPTION_STRING, &(o)->duration, "TIME", "stop after so long (10s)"    \
	}

/* The first option that was given, as it is spelt; NULL: none. */
const char *recording_given(const struct recording_options *options);

/* Runs `command` (ends with NULL) and leaves its profile at `path`; *status is the command's. */
ERR_MUST_CHECK struct err *recording_run(const struct recording_options *options, const char *event,
					 bool quiet, const char *path, char **command, int *status);

#endif
