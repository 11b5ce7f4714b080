# What the live tests share; sourced with: . "$SRCDIR/tests/lib/record.sh"

fail() { echo "FAILED: $*" >&2; exit 1; }
skip() { echo "$*"; exit 77; }

# Leaves this test out where the kernel lets nobody sample.
need_perf() {
	"$APROF" record -q -o probe.aprof -- true 2>probe.err || skip "cannot sample here: $(head -n 1 probe.err)"
}

# expect_status N COMMAND…: runs it, its stderr into `err`, its stdout into `out`.
expect_status() {
	want=$1
	shift
	got=0
	"$@" >out 2>err || got=$?
	[ "$got" -eq "$want" ] || { cat out err >&2; fail "exit status $got, not $want: $*"; }
}

# expect_text FILE PATTERN: a line of FILE matches the extended regular expression.
expect_text() {
	grep -Eq -- "$2" "$1" || { cat "$1" >&2; fail "no line in '$1' matches: $2"; }
}

expect_absent() {
	[ ! -e "$1" ] || fail "$1 was left behind"
}

# samples_of FILE: the number of samples that `aprof info` counts.
samples_of() {
	"$APROF" report --folded "$1" | awk '{ n += $NF } END { print n + 0 }'
}

# A program that burns CPU for the given seconds of CPU time, in a few shell-made processes or not.
burn() {
	cat >burn.c <<'END'
#include <stdlib.h>
#include <time.h>

static volatile unsigned sink;

__attribute__((noinline)) static void burn_here(void)
{
	for (int i = 0; i < 100000; i++)
		sink += (unsigned)i;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	struct timespec ts;

	do {
		burn_here();
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	} while ((double)ts.tv_sec + (double)ts.tv_nsec / 1e9 < seconds);
	return 0;
}
END
	cc -O1 -g -o burn burn.c
}

# perf_record ARG…: perf record, its words in perf.err. Another profiler that ends meanwhile leaves a
# bit behind in the records of Linux 6.18, upon which perf 6.1 aborts: then once more. A machine where
# it never works is left out.
perf_record() {
	for attempt in 1 2 3 4 5 6; do
		perf record -q "$@" >/dev/null 2>perf.err && return
		sleep "$attempt"
	done
	skip "perf cannot record here: $(tail -n 1 perf.err)"
}
