/* Command lines by table: every way to spell an option, operands, and what is refused. */
#include <aprof/options.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/check.h"

struct values {
	bool flag;
	int count;
	const char *string;
	u64 number, size, time;
	const char *called;
};

static struct err *call(const char *value, void *where)
{
	*(const char **)where = value ? value : "(none)";
	return NULL;
}

/* Parses a line of words; returns the message of the error, or "". Valid until the next call. */
static const char *parse(struct values *v, struct parsed *parsed, bool stop, const char *words)
{
	static char line[256];
	static char *argv[32];
	static char message[128];
	int argc = 0;
	struct err *err;
	const struct option_spec specs[] = {
		{ .kind = OPTION_HEADING, .help = "Heading" },
		{ 'f', "flag", OPTION_FLAG, &v->flag, NULL, "a flag" },
		{ 'c', "count", OPTION_COUNT, &v->count, NULL, "a count" },
		{ 's', "string", OPTION_STRING, &v->string, "TEXT", "a string" },
		{ 'n', "number", OPTION_U64, &v->number, "N", "a number", .min = 1, .max = 10 },
		{ 0, "size", OPTION_SIZE, &v->size, "BYTES", "a size" },
		{ 0, "time", OPTION_DURATION, &v->time, "TIME", "a time" },
		{ 0, "call", OPTION_CALL, &v->called, "X", "a call", .call = call, .optional = true },
		{ 0 }
	};
	const struct options options = { "usage", "summary", specs, NULL, stop };

	*v = (struct values){ 0 };
	snprintf(line, sizeof line, "%s", words);
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	err = options_parse(&options, argc, argv, parsed);
	snprintf(message, sizeof message, "%s",
		 !err			? "" :
		 err->kind == ERR_USAGE ? err->message :
					  "not a usage error");
	err_free(err);
	return message;
}

int main(void)
{
	struct values v;
	struct parsed p;

	CHECK_STR(parse(&v, &p, false, "cmd -f -cc --string=a=b one --number 7 two -- -three"), "");
	CHECK(v.flag);
	CHECK_EQ(v.count, 2);
	CHECK_STR(v.string, "a=b");
	CHECK_EQ(v.number, 7);
	CHECK_EQ(p.count, 3);
	CHECK_STR(p.operands[0], "one");
	CHECK_STR(p.operands[2], "-three");
	CHECK(!p.operands[3]);
	CHECK(p.dashes);
	CHECK_EQ(p.before_dashes, 2);

	/* The command of `record` keeps its own options. */
	CHECK_STR(parse(&v, &p, true, "cmd -fsvalue prog -f --flag -- x"), "");
	CHECK_STR(v.string, "value");
	CHECK_EQ(p.count, 5);
	CHECK_STR(p.operands[0], "prog");
	CHECK_STR(p.operands[3], "--");
	CHECK(!p.dashes);
	CHECK(!p.operands[5]);

	CHECK_STR(parse(&v, &p, true, "cmd -f -- prog --flag"), "");
	CHECK_EQ(p.count, 2);
	CHECK(!p.operands[2]);

	CHECK_STR(parse(&v, &p, false, "cmd --size 64K --time 1.5s --call --call=x"), "");
	CHECK_EQ(v.size, 65536);
	CHECK_EQ(v.time, 1500000000);
	CHECK_STR(v.called, "x");
	CHECK_STR(parse(&v, &p, false, "cmd --call x"), "");
	CHECK_STR(v.called, "(none)");
	CHECK_EQ(p.count, 1);

	CHECK_STR(parse(&v, &p, false, "cmd --nope"), "unknown option '--nope'");
	CHECK_STR(parse(&v, &p, false, "cmd -fz"), "unknown option '-z'");
	CHECK_STR(parse(&v, &p, false, "cmd --flag=1"), "--flag takes no argument");
	CHECK_STR(parse(&v, &p, false, "cmd -s"), "-s needs an argument");
	CHECK_STR(parse(&v, &p, false, "cmd --string"), "--string needs an argument");
	CHECK_STR(parse(&v, &p, false, "cmd -n 0"), "-n must be from 1 to 10, not 0");
	CHECK_STR(parse(&v, &p, false, "cmd -n x"), "-n takes a whole number, not 'x'");
	CHECK_STR(parse(&v, &p, false, "cmd -n 99999999999999999999"),
		  "-n takes a whole number, not '99999999999999999999'");
	CHECK_STR(parse(&v, &p, false, "cmd --time soon"),
		  "--time takes a time such as 10s or 250ms, not 'soon'");
	return check_done();
}
