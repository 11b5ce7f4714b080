#!/bin/sh
# The exit status of a recording is the target's own; signals and wrong commands are told apart.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf

expect_status 0 "$APROF" record -o a -- true
expect_status 7 "$APROF" record -o a -- sh -c 'exit 7'
expect_status 137 "$APROF" record -o a -- sh -c 'kill -9 $$'

expect_status 1 "$APROF" record -o none -- ./no-such-program
expect_text err 'cannot run ./no-such-program: No such file or directory'
expect_absent none

echo text >plain
expect_status 1 "$APROF" record -o none -- ./plain
expect_text err 'cannot run ./plain: Permission denied'
expect_absent none

# The target has our standard input, and its output is its own.
echo word | "$APROF" record -q -o a -- cat >copied
[ "$(cat copied)" = word ] || fail "standard input did not reach the target"
