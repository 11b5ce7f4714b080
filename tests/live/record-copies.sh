#!/bin/sh
# How much of each stack is copied: less once stacks are known to be short, all again from the first
# deep one on; what was cut meanwhile is marked, and no sample is lost or doubled by the changes.
# timeout: 120
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
cat >phases.c <<'END'
/* Burns CPU by its own clock: shallow, then below 48 KiB of stack, and prints the ns of each. */
#include <stdio.h>
#include <time.h>

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

__attribute__((noinline)) void burn(long ns)
{
	for (long end = now() + ns; now() < end;)
		for (volatile int i = 0; i < 100000; i++)
			;
}

__attribute__((noinline)) void deep(int frames, long ns)
{
	volatile char room[1024];

	room[0] = 1;
	if (frames)
		deep(frames - 1, ns);
	else
		burn(ns);
	room[1] = 1;
}

int main(void)
{
	long a = now(), b, c;

	burn(1500000000);
	b = now();
	deep(48, 1500000000);
	c = now();
	printf("%ld %ld\n", b - a, c - b);
}
END
cc -O1 -g -fno-omit-frame-pointer -o phases phases.c

"$APROF" record -v -F 999 -o copies -- ./phases >truth 2>said || fail "$(cat said)"
"$APROF" record -v -F 999 -o forced --call-graph dwarf,65528 -- ./phases >/dev/null 2>forced.said ||
	fail "$(cat forced.said)"
! grep -q 'of each stack copied' forced.said || fail "copies that were asked for were changed"
grep -q 'of each stack copied' said || skip "no clock of whole CPUs here: copies stay as they are"
expect_text said 'of each stack copied from .* and all that fits again from'
! grep -q 'records lost' said || skip "the machine is too busy: $(grep lost said)"

# Shallow stacks are whole, deep ones but for those of one look; of each phase all samples came.
"$APROF" report --physical --folded copies 2>/dev/null >folded
awk -v truth="$(cat truth)" '
	/main;burn|main.*;burn/ && !/deep/ && !/^\[truncated/ { shallow += $NF }
	/main;(deep;)+/ { deep += $NF }
	/\[truncated/ { cut += $NF }
	END {
		split(truth, ns, " ")
		print shallow, deep, cut, "of", ns[1] / 1e9 * 999, ns[2] / 1e9 * 999
		if (!cut || cut > 600 || deep < 500 || shallow + deep + cut > 1.05 * (ns[1] + ns[2]) / 1e9 * 999)
			exit 1
	}' folded >counts || { cat said counts; cut -c1-300 folded | head; fail "samples are cut, lost or doubled"; }
