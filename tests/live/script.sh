#!/bin/sh
# What a collapsing script makes of `aprof script` is what it makes of `perf script` for the same
# recording, and what `aprof report --folded --physical` says; names of the kernel too.
set -u
. "$SRCDIR/tests/lib/record.sh"
command -v perf >/dev/null || skip "no perf"
need_perf

cat >inlines.c <<'END'
#include <time.h>
#include <unistd.h>

static volatile unsigned sink;

static inline __attribute__((always_inline)) void inner(unsigned i)
{
	for (unsigned j = 0; j < 10; j++)
		sink += i ^ j;
}

__attribute__((noinline)) static void outer(void)
{
	for (unsigned i = 0; i < 100000; i++)
		inner(i);
	for (int i = 0; i < 500; i++)
		(void)!write(-1, "", 0);
}

int main(void)
{
	struct timespec ts;

	do {
		outer();
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	} while (ts.tv_sec == 0 && ts.tv_nsec < 600000000);
	return 0;
}
END
# Without a PLT: perf calls its stubs by whatever symbol lies before them, and we do not.
gcc -O1 -g -fno-plt -o inlines inlines.c || skip "no C compiler"

perf_record -e cpu-clock -F 500 --call-graph dwarf -o perf.data ./inlines

# glibc and the kernel have several symbols at the start of one function, and every tool its favourite.
collapse() {
	sh "$SRCDIR/tests/lib/collapse.sh" |
		sed -E 's/;(__GI_)?_*(libc_)?(write|clock_gettime)([; ])/;\3\4/g
			s/;__GI_/;/g; s/;_+/;/g
			/;do_syscall_64_\[k\]/s/^/system call: /; s/;[^;]*_\[k\]/;[k]/g' |
		awk '{ n = $NF; sub(/ [0-9]+$/, ""); sum[$0] += n }
			END { for (stack in sum) print stack, sum[stack] }' | LC_ALL=C sort
}

perf script -i perf.data 2>/dev/null | collapse >perf.folded
"$APROF" script -q perf.data | collapse >ours.folded
"$APROF" report -q --folded --physical perf.data >report.folded
"$APROF" script -q perf.data | sh "$SRCDIR/tests/lib/collapse.sh" >script.folded
diff perf.folded ours.folded || fail "perf script (<) and aprof script (>) fold differently"
diff report.folded script.folded || fail "aprof report (<) and aprof script (>) fold differently"
expect_text ours.folded '^_start;.*main;outer;inner [0-9]+$'
[ "$(awk '{ n += $NF } END { print n }' ours.folded)" -ge 50 ] || fail "too few samples to tell"

"$APROF" record -q -F 500 -o own.aprof ./inlines || fail "cannot record"
"$APROF" script -q own.aprof | sh "$SRCDIR/tests/lib/collapse.sh" >ours.folded
"$APROF" report -q --folded --physical own.aprof >report.folded
diff report.folded ours.folded || fail "of a recording of our own they fold differently"
expect_text ours.folded ';main;outer;inner [0-9]+$'
exit 0
