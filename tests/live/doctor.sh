#!/bin/sh
# `aprof doctor` and `aprof record` agree on whether a recording is possible: as root, as an ordinary
# user, and with no right to open descriptors.
set -u
. "$SRCDIR/tests/lib/record.sh"
need_perf

# agree HOW COMMAND…: the doctor's exit status is that of record, both run by COMMAND….
agree() {
	how=$1
	shift
	"$@" "$APROF" doctor >doctor.out 2>doctor.err
	said=$?
	"$@" "$APROF" record -q -o - -- true >one.aprof 2>record.out
	did=$?
	[ -s doctor.out ] || { cat doctor.err >&2; fail "$how: the doctor says nothing"; }
	[ $said -eq $did ] || { cat doctor.out record.out >&2; fail "$how: doctor $said, record $did"; }
	! grep -vE '^(ok|note|missing) +[^ ]' doctor.out || fail "$how: a line that is no finding"
	# What is missing comes with the way out.
	! grep -E '^missing' doctor.out | grep -v ';' || fail "$how: missing, and no way out"
}

agree "who runs the tests" env
expect_text doctor.out '^ok +recording +possible'

agree "without descriptors" sh -c 'ulimit -n 6 && exec "$0" "$@"'
expect_text doctor.out '^missing +recording .*ulimit'

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && setpriv --reuid=65534 test -x "$APROF"; then
	agree "an ordinary user" setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all
	expect_text doctor.out 'CAP_PERFMON is not held'
	if [ "$(cat /proc/sys/kernel/perf_event_paranoid)" -gt 1 ]; then
		expect_text doctor.out '^(note|missing) +(rights|recording) .*perf_event_paranoid=1'
	fi
fi

# The program counts as well.
expect_status 1 "$APROF" doctor ./not-there
expect_status 0 "$APROF" doctor "$APROF"
expect_text out '^ok +\.eh_frame'
exit 0
