#!/bin/sh
# Children, threads and attaching: whose samples are kept, with both kinds of clock.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
burn

# About so many samples at 999 Hz: half of it may be missing on a busy machine, none may be invented.
expect_samples() { # FILE CPU-SECONDS
	n=$(samples_of "$1")
	awk -v n="$n" -v s="$2" 'BEGIN { exit !(n > 499 * s && n < 1300 * s) }' ||
		fail "$n samples of $2 s of CPU in $1"
}

for clock in cpu task; do
	if ! "$APROF" record -q --clock $clock -o probe -- true 2>/dev/null; then
		[ $clock = cpu ] || fail "no clock per task"
		continue
	fi
	"$APROF" record -q --clock $clock -o family -- sh -c './burn 0.3; ./burn 0.3 & wait'
	expect_samples family 0.6
	"$APROF" report --folded family | grep -q burn_here || fail "no burn_here"

	"$APROF" record -q --clock $clock --no-inherit -o alone -- sh -c './burn 0.5; true'
	[ "$(samples_of alone)" -lt 100 ] || fail "--no-inherit kept $(samples_of alone) samples"

	./burn 30 &
	pid=$!
	"$APROF" record -q --clock $clock -p $pid --duration 0.5 -o attached
	"$APROF" record -q --clock $clock -t $pid --duration 0.5 -o thread
	kill $pid
	wait $pid || true
	[ "$(samples_of attached)" -gt 50 ] || fail "attached: $(samples_of attached) samples"
	[ "$(samples_of thread)" -gt 50 ] || fail "thread: $(samples_of thread) samples"
	"$APROF" report --folded attached | grep -q 'main;burn_here' || fail "attached: no stack"
done

# The end of the attached process ends the recording.
./burn 0.3 &
"$APROF" record -q -p $! -o attached
wait

# A second process that runs beside the target is not its business.
./burn 30 &
other=$!
"$APROF" record -q -o mine -- sleep 0.5
kill $other
wait $other || true
! "$APROF" report --folded mine | grep -q burn_here || fail "another process was recorded"
