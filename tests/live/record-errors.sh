#!/bin/sh
# What stops a recording is one clear sentence with the way out, and leaves nothing behind.
set -eu
. "$SRCDIR/tests/lib/record.sh"

expect_status 2 "$APROF" record
expect_text err 'nothing to profile'
expect_status 2 "$APROF" record -F 0 -- true
expect_text err '-F must be from 1 to'
expect_status 2 "$APROF" record -F many -- true
expect_text err "-F takes a whole number, not 'many'"
expect_status 2 "$APROF" record --call-graph nonsense -- true
expect_text err "unknown call graph 'nonsense'"
expect_status 2 "$APROF" record --call-graph dwarf,lbrr -- true
expect_text err "lbrr"
expect_status 2 "$APROF" record -b --call-graph dwarf,4096,lbr -- true
expect_text err '-b and --call-graph lbr exclude each other'
expect_status 2 "$APROF" record -j any,uk -- true
expect_text err "unknown kind of branch 'uk'"
expect_status 2 "$APROF" record --no-such-option -- true
expect_text err "unknown option '--no-such-option'"
expect_absent aprof.data

need_perf
expect_status 2 "$APROF" record -e no-such-event -- true
expect_text err "unknown event 'no-such-event'"
expect_absent aprof.data
expect_status 1 "$APROF" record -p 4194304
expect_text err 'there is no process 4194304'
expect_absent aprof.data

# As an ordinary user.
[ "$(id -u)" = 0 ] || exit 0
mkdir users && chmod 777 users
as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
as_user "$APROF" --version >/dev/null 2>&1 || skip "an ordinary user cannot read the build folder"
if [ "$(cat /proc/sys/kernel/perf_event_paranoid)" -gt 0 ]; then
	expect_status 1 as_user "$APROF" record -a --duration 1 -o users/all
	expect_text err 'perf_event_paranoid'
	expect_absent users/all
fi
if [ "$(cat /proc/sys/kernel/perf_event_paranoid)" -le 2 ]; then
	expect_status 3 as_user "$APROF" record -o users/own -- sh -c 'exit 3'
fi

# As in a container whose seccomp profile refuses the system call.
command -v strace >/dev/null || skip "the refused system call needs strace"
expect_status 1 strace -f -o trace -e trace=perf_event_open \
	-e inject=perf_event_open:error=EPERM "$APROF" record -o refused -- true
expect_text err 'seccomp|not permitted'
expect_absent refused
