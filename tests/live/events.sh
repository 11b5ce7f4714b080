#!/bin/sh
# `aprof events` names the default that record takes, and tells what opens as record does.
set -u
. "$SRCDIR/tests/lib/record.sh"
need_perf

"$APROF" events >summary || fail "aprof events fails"
"$APROF" record -q -o default.aprof -- true
event=$("$APROF" info -v default.aprof | sed -n 's/^  event\.0\.name = //p')
expect_text summary "^Sampled by default: $event, "
expect_text summary '^Software .*cpu-clock'
for ability in PMU PEBS LBR 'call-stack LBR'; do
	expect_text summary "^$ability +(yes|no) +[^ ]"
done

# Each name that is said to open does, each that does not does not.
"$APROF" events 'perf::*c*' >names
expect_text names '^opens +perf::CPU-CLOCK$'
for name in $(awk 'NR % 7 == 1 { print $2 }' names) perf::CPU-CLOCK; do
	said=no
	! grep -q "^opens *$name\( \|\$\)" names || said=yes
	"$APROF" record -q -e "$name" -o one.aprof -- true >record.out 2>&1 && did=yes || did=no
	# Cycles become the clock where there is none.
	! "$APROF" info -v one.aprof 2>/dev/null | grep -q '0\.name = cpu-clock' || did=fallback
	case $said,$did in
	yes,yes | no,no | no,fallback) ;;
	yes,fallback) [ "$name" = perf::CPU-CLOCK ] || fail "$name is said to open" ;;
	*) cat record.out; fail "events says $said of $name, record $did" ;;
	esac
	rm -f one.aprof
done

expect_status 1 "$APROF" events no-such-name
expect_text err "no event of this machine matches 'no-such-name'"
expect_status 2 "$APROF" events one two
exit 0
