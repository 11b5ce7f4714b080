#!/bin/sh
# Where the kernel keeps other programs' samples back, none of the target's tree is missing.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
"$APROF" record -v -o probe -- true 2>log
grep -q "kept back" log || skip "no BPF program on events here: $(grep 'records read' log)"
burn

# Children as short as a few ticks, beside a stranger that is marked.
./burn 30 &
stranger=$!
"$APROF" record -q -F 9999 -o family -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do ./burn 0.03 & wait; done'
kill $stranger
wait $stranger || true
n=$("$APROF" report --folded family | awk '/burn_here/ { n += $NF } END { print n + 0 }')
[ "$n" -gt 1500 ] || fail "of 3,000 samples of short children $n came"
[ "$n" -lt 4500 ] || fail "of 3,000 samples of short children $n came: a stranger's among them"
