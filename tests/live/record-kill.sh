#!/bin/sh
# A recorder killed half way leaves a file that reads up to its last flush, and says so.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
burn

"$APROF" record -q -o cut -- ./burn 30 &
recorder=$!
# Flushes come once a second: wait for the size to show the second one, however slow the machine.
for i in $(seq 100); do
	[ -s cut ] && "$APROF" report --folded cut 2>/dev/null | grep -q burn_here && break
	sleep 0.2
done
kill -9 $recorder
wait $recorder 2>/dev/null || true
pkill -x burn -f './burn 30' 2>/dev/null || true

"$APROF" report cut >out 2>err || fail "cannot be read: $(cat err)"
cat out err | grep -qi 'ended early' || { cat out err >&2; fail "does not say that it ended early"; }
[ "$(samples_of cut)" -gt 100 ] || fail "$(samples_of cut) samples"
