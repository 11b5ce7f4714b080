#!/bin/sh
# Functions that left the stack by a tail call are put back, in the program and in its libraries at once;
# where two ways lead on, nobody knows which was taken, and none is.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf

# part NAME: NAME_first calls NAME_second, which jumps to NAME_third; NAME_either may have been jumped to
# from either of two.
part() {
	cat <<END
#include <time.h>

#define OUTER __attribute__((noinline, noclone))
#define INNER __attribute__((noinline, noclone, visibility("hidden")))

static volatile unsigned sink;

static void burn(void)
{
	for (int i = 0; i < 100000; i++)
		sink += (unsigned)i;
}

INNER int $1_third(int x) { burn(); return x + (int)sink; }
INNER int $1_second(int x) { return $1_third(x + 1); }
OUTER int $1_first(int x) { return $1_second(x) + 1; }
INNER int $1_either(int x) { burn(); return x + (int)sink; }
INNER int $1_left(int x) { return $1_either(x + 3); }
INNER int $1_right(int x) { return $1_either(x + 5); }
INNER int $1_choose(int x) { return x & 1 ? $1_left(x) : $1_right(x); }
OUTER int $1_chosen(int x) { return $1_choose(x) + 1; }
END
}
part library >library.c
part program >program.c
cat >>program.c <<'END'
int library_first(int), library_chosen(int);

int main(void)
{
	struct timespec ts;
	int x = 0;

	do {
		x = program_first(x) + program_chosen(x) + library_first(x) + library_chosen(x);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	} while (ts.tv_sec == 0 && ts.tv_nsec < 600000000);
	return x == 1;
}
END
cc=${CC:-cc}
$cc -O2 -g -fPIC -shared -o liblibrary.so library.c
$cc -O2 -g -o program program.c -L. -llibrary "-Wl,-rpath,$PWD"
objdump -d --no-show-raw-insn program | sed -n '/<program_second>:/,/^$/p' | grep -q 'jmp.*<program_third>' ||
	skip "this compiler makes no tail call"

"$APROF" record -q -F 2000 -o tails.aprof ./program
"$APROF" report tails.aprof >table
expect_text table 'with a function put back'
"$APROF" report --folded tails.aprof >folded
for name in program library; do
	expect_text folded "(^|;)main;${name}_first;${name}_second;${name}_third(;burn)? [0-9]+\$"
	expect_text folded "(^|;)main;${name}_chosen;${name}_choose;${name}_either(;burn)? [0-9]+\$"
	! grep -q "${name}_left\|${name}_right" folded || fail "one of two ways was guessed"
	! grep -q "main;${name}_third" folded || fail "${name}_second was not put back"
done
