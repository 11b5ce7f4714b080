#!/bin/sh
# workload: tokio-tasks --compiler stable --profile release
# Each export of a recorded service, decoded by the format's own rules, has the samples and stacks
# that our report shows.
set -eu
. "$SRCDIR/tests/lib/record.sh"
. "$SRCDIR/tests/lib/exports.sh"
need_perf
record_service

for format in pprof firefox speedscope json; do
	"$APROF" export --format $format -o "out.$format" profile.aprof
	same_stacks $format out.$format
done
