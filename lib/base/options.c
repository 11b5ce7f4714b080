/* The option parser: walks argv once against a command's table, and prints that table as help. */
#include <aprof/options.h>

#include <stdio.h>
#include <string.h>

#include <aprof/text.h>

static const struct option_spec *find_long(const struct options *opts, const char *name, size_t len)
{
	for (const struct option_spec *s = opts->specs; s->kind || s->where || s->help; s++)
		if (s->long_name && strlen(s->long_name) == len &&
		    memcmp(s->long_name, name, len) == 0)
			return s;
	return NULL;
}

static const struct option_spec *find_short(const struct options *opts, char name)
{
	for (const struct option_spec *s = opts->specs; s->kind || s->where || s->help; s++)
		if (s->short_name && s->short_name == name)
			return s;
	return NULL;
}

static bool takes_argument(const struct option_spec *s)
{
	switch (s->kind) {
	case OPTION_STRING:
	case OPTION_U64:
	case OPTION_DURATION:
	case OPTION_SIZE:
		return true;
	case OPTION_CALL:
		return s->argument && !s->optional;
	default:
		return false;
	}
}

/* `shown` is the option as the user wrote it, for messages. */
static struct err *apply(const struct option_spec *s, const char *shown, const char *value)
{
	switch (s->kind) {
	case OPTION_FLAG:
		*(bool *)s->where = true;
		return NULL;
	case OPTION_FLAG_OFF:
		*(bool *)s->where = false;
		return NULL;
	case OPTION_COUNT:
		++*(int *)s->where;
		return NULL;
	case OPTION_STRING:
		*(const char **)s->where = value;
		return NULL;
	case OPTION_U64:
		return parse_u64(value, shown, s->min, s->max ? s->max : UINT64_MAX, s->where);
	case OPTION_DURATION:
		return parse_duration(value, shown, s->where);
	case OPTION_SIZE:
		return parse_size(value, shown, s->where);
	case OPTION_CALL:
		return s->call(value, s->where);
	case OPTION_HEADING:
		break;
	}
	return NULL;
}

static struct err *unknown(const char *shown, const char *command)
{
	return err_hint(err_usage("unknown option '%s'", shown), "see 'aprof %s --help'", command);
}

/* One "--name[=VALUE]"; *at is moved past a value of its own. */
static struct err *parse_long(const struct options *opts, int argc, char **argv, int *at)
{
	const char *name = argv[*at] + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct option_spec *s = find_long(opts, name, len);
	char shown[64];

	snprintf(shown, sizeof shown, "--%.*s", (int)len, name);
	if (!s)
		return unknown(shown, argv[0]);
	if (equals && !takes_argument(s) && !s->optional)
		return err_usage("%s takes no argument", shown);
	if (equals)
		return apply(s, shown, equals + 1);
	if (!takes_argument(s))
		return apply(s, shown, NULL);
	if (*at + 1 >= argc)
		return err_usage("%s needs an argument", shown);
	return apply(s, shown, argv[++*at]);
}

/* One "-abc" or "-nVALUE". */
static struct err *parse_short(const struct options *opts, int argc, char **argv, int *at)
{
	for (const char *c = argv[*at] + 1; *c; c++) {
		const struct option_spec *s = find_short(opts, *c);
		char shown[3] = { '-', *c, '\0' };

		if (!s)
			return unknown(shown, argv[0]);
		if (!takes_argument(s)) {
			TRY(apply(s, shown, NULL));
			continue;
		}
		if (c[1])
			return apply(s, shown, c + 1);
		if (*at + 1 >= argc)
			return err_usage("%s needs an argument", shown);
		return apply(s, shown, argv[++*at]);
	}
	return NULL;
}

struct err *options_parse(const struct options *opts, int argc, char **argv, struct parsed *out)
{
	int kept = 1;
	int at = 1;

	*out = (struct parsed){ .operands = argv + 1 };
	for (; at < argc; at++) {
		const char *word = argv[at];

		if (strcmp(word, "--") == 0) {
			at++;
			out->dashes = true;
			break;
		}
		if (word[0] != '-' || !word[1]) {
			if (opts->stop_at_operand)
				break;
			argv[kept++] = argv[at];
			continue;
		}
		if (strcmp(word, "--help") == 0 ||
		    (strcmp(word, "-h") == 0 && !find_short(opts, 'h'))) {
			options_help(opts);
			out->help = true;
			return NULL;
		}
		if (word[1] == '-')
			TRY(parse_long(opts, argc, argv, &at));
		else
			TRY(parse_short(opts, argc, argv, &at));
	}
	out->before_dashes = kept - 1;
	while (at < argc)
		argv[kept++] = argv[at++];
	/* Operands may be handed to exec as they are. */
	argv[kept] = NULL;
	out->count = kept - 1;
	return NULL;
}

void options_help(const struct options *opts)
{
	printf("usage: %s\n\n%s\n", opts->usage, opts->summary);
	for (const struct option_spec *s = opts->specs; s->kind || s->where || s->help; s++) {
		char left[64];
		int n = 0;

		if (!s->help)
			continue;
		if (s->kind == OPTION_HEADING) {
			printf("\n%s:\n", s->help);
			continue;
		}
		if (s->short_name)
			n = snprintf(left, sizeof left, "  -%c%s", s->short_name,
				     s->long_name ? ", " : "");
		else
			n = snprintf(left, sizeof left, "      ");
		if (s->long_name)
			n += snprintf(left + n, sizeof left - (size_t)n, "--%s", s->long_name);
		if (s->argument)
			snprintf(left + n, sizeof left - (size_t)n,
				 s->optional ? "[=%s]" : " %s", s->argument);
		if (strlen(left) > 27)
			printf("%s\n%-29s%s\n", left, "", s->help);
		else
			printf("%-28s %s\n", left, s->help);
	}
	if (opts->epilogue)
		printf("\n%s\n", opts->epilogue);
}
