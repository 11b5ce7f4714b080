/* Recording a COMMAND first: `aprof record` is run by its row of the table of commands. */
#include "report/view/recording.h"

#include <signal.h>

#include <aprof/arena.h>
#include <aprof/command.h>
#include <aprof/vec.h>

struct word_list VEC(char *);

struct handed_on {
	const char *option, *value;
};

#define HANDED_ON 5

static void list_options(const struct recording_options *o, struct handed_on *out)
{
	const struct handed_on all[HANDED_ON] = {
		{ "--freq", o->freq },
		{ "--count", o->period },
		{ "--call-graph", o->call_graph },
		{ "--delay", o->delay },
		{ "--duration", o->duration },
	};

	for (int i = 0; i < HANDED_ON; i++)
		out[i] = all[i];
}

const char *recording_given(const struct recording_options *options)
{
	struct handed_on all[HANDED_ON];

	list_options(options, all);
	for (int i = 0; i < HANDED_ON; i++)
		if (all[i].value)
			return all[i].option;
	return NULL;
}

static void add(struct word_list *words, struct arena *arena, const char *word)
{
	*vec_push(words) = arena_strdup(arena, word);
}

static void add_option(struct word_list *words, struct arena *arena, const char *option,
		       const char *value)
{
	if (!value)
		return;
	add(words, arena, option);
	add(words, arena, value);
}

struct err *recording_run(const struct recording_options *options, const char *event, bool quiet,
			  const char *path, char **command, int *status)
{
	struct handed_on all[HANDED_ON];
	struct word_list words = { 0 };
	struct arena arena = { 0 };
	sigset_t signals;
	struct err *err;

	list_options(options, all);
	add(&words, &arena, cmd_record.name);
	add_option(&words, &arena, "--output", path);
	add_option(&words, &arena, "--event", event);
	for (int i = 0; i < HANDED_ON; i++)
		add_option(&words, &arena, all[i].option, all[i].value);
	if (quiet)
		add(&words, &arena, "--quiet");
	add(&words, &arena, "--");
	for (; *command; command++)
		*vec_push(&words) = *command;
	*vec_push(&words) = NULL;

	/* A recording blocks the signals that end it; what follows can be interrupted as usual. */
	sigprocmask(SIG_SETMASK, NULL, &signals);
	err = cmd_record.run((int)words.len - 1, words.data, status);
	sigprocmask(SIG_SETMASK, &signals, NULL);
	vec_release(&words);
	arena_release(&arena);
	return err;
}
