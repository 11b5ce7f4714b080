#!/bin/sh
# Where a recording goes: private, the previous one kept, streams, and what must not be written to.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf

"$APROF" record -q -- true
[ "$(stat -c %a aprof.data)" = 600 ] || fail "mode is $(stat -c %a aprof.data)"
first=$(cksum <aprof.data)
"$APROF" record -q -- true
[ "$(cksum <aprof.data.old)" = "$first" ] || fail "the previous recording was not kept"

# Nothing recorded: the files are as they were.
second=$(cksum <aprof.data)
expect_status 1 "$APROF" record -- ./no-such-program
[ "$(cksum <aprof.data)" = "$second" ] || fail "the previous recording is gone"

# A stream: the target's output must not get into it.
"$APROF" record -q -o - -- sh -c 'echo from the target' >stream 2>target
expect_text target 'from the target'
"$APROF" report --folded stream >/dev/null || fail "the stream is not a profile"

mkdir folder
expect_status 1 "$APROF" record -o folder -- true
expect_text err 'folder is a directory'
expect_status 1 "$APROF" record -o no/such/folder -- true
expect_text err 'cannot write no/such/folder: No such file or directory'

# A full disk: what was flushed before is kept, and the failure is told.
expect_status 1 "$APROF" record -o /dev/full -- true
expect_text err 'cannot write /dev/full: No space left on device'

ln -s elsewhere mine
"$APROF" record -q -o mine -- true
[ -s elsewhere ] || fail "an own symbolic link was not followed"
if [ "$(id -u)" = 0 ]; then
	ln -s /tmp/never-written theirs && chown -h 65534 theirs
	expect_status 1 "$APROF" record -o theirs -- true
	expect_text err 'theirs is a symbolic link that another user owns'
fi
