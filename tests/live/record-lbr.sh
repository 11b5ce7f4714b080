#!/bin/sh
# Where there are no branch records, a request for them costs one line, and the stack is copied.
set -eu
. "$SRCDIR/tests/lib/record.sh"

need_perf
branches=$(cat /sys/bus/event_source/devices/cpu*/caps/branches 2>/dev/null | head -n 1)
[ -z "$branches" ] || [ "$branches" = 0 ] || skip "this CPU has LBR"

# What is asked for, what the one line says, and what the profile says was recorded.
while read -r words graph said; do
	expect_status 0 "$APROF" record $(echo "$words" | tr + ' ') -o lbr.aprof -- \
		sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done'
	# Up to the line that tells what was recorded; behind it may stand what went wrong meanwhile.
	notices=$(grep -c "no .*$said" err || true)
	[ "$notices" = 1 ] || fail "$words: $notices lines say: no $said"
	[ "$(sed '/: recorded [0-9]/q' err | grep -c .)" = 2 ] || { cat err; fail "$words: more than one notice"; }
	"$APROF" info lbr.aprof >info
	grep -Eq "^Stacks +$graph" info || fail "$words: not recorded by $graph"
	"$APROF" report --folded lbr.aprof >folded 2>/dev/null
	grep -q ';' folded || fail "$words: no stacks"
done <<'END'
--call-graph+lbr dwarf LBR
--call-graph+dwarf,lbr dwarf LBR
--call-graph+dwarf,8192,lbr dwarf LBR
-b dwarf branch
-j+any_call,u dwarf branch
END
