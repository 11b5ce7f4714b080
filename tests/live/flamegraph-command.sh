#!/bin/sh
# `aprof flamegraph -- COMMAND` records and draws in one go: the picture shows the command's
# functions, the profile stays for other reports, and the exit status is the command's.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
burn

expect_status 0 "$APROF" flamegraph -F 999 -- ./burn 0.3
expect_text aprof.svg '<title>burn_here'
expect_text err 'the flame graph is in aprof\.svg$'
[ "$(samples_of aprof.data)" -gt 100 ] || fail "aprof.data was not kept for other reports"
expect_text aprof.svg '>burn 0\.3</text>'

# A slower clock reaches the recording; so does where the profile is kept.
expect_status 0 "$APROF" flamegraph -q -i kept -F 49 -o page.html -- ./burn 0.3
[ "$(samples_of kept)" -lt 60 ] || fail "-F was not handed on"
expect_text page.html 'burn_here'
[ ! -s err ] || fail "-q was not quiet: $(cat err)"
expect_status 0 "$APROF" flamegraph -e task-clock -- ./burn 0.1
expect_text aprof.svg 'task-clock: '

expect_status 7 "$APROF" flamegraph -- sh -c 'exit 7'
rm aprof.svg
expect_status 1 "$APROF" flamegraph ./burn
expect_text err 'not an aprof profile'
expect_text err 'to record that program: aprof flamegraph -- \./burn$'
expect_absent aprof.svg
expect_status 1 "$APROF" flamegraph -- ./no-such-program
expect_text err 'cannot run ./no-such-program: No such file or directory'
expect_absent aprof.svg

# The end of a recording by hand is not the end of the drawing.
"$APROF" flamegraph --duration 100s -- ./burn 100 2>err &
flamegraph=$!
while [ -z "$(pgrep -P $flamegraph -x burn || :)" ]; do sleep 0.05; done
sleep 0.3
kill -TERM $flamegraph
wait $flamegraph || :
expect_text aprof.svg '<title>burn_here'

expect_usage()
{
	pattern=$1
	shift
	expect_status 2 "$APROF" flamegraph "$@"
	expect_text err "$pattern"
}
expect_usage "'x.png' is neither .svg nor .html" -o x.png -- true
expect_usage 'a FILE and a COMMAND exclude each other: .aprof.data' aprof.data -- true
expect_usage 'there is no COMMAND behind --' --
expect_usage '--diff takes two profiles, not a COMMAND' --diff -- true
expect_usage '--freq is for recording a COMMAND' -F 99 aprof.data
