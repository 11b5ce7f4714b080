#!/bin/sh
# workload: tokio-tasks --compiler stable --profile release
# timeout: 400
# Go's pprof reads our profile.proto: the same stacks, names left as they are, labels it can filter by.
set -eu
. "$SRCDIR/tests/lib/record.sh"
. "$SRCDIR/tests/lib/exports.sh"
need_perf
need_viewer pprof
record_service

"$APROF" export --format pprof profile.aprof
"$viewer" -raw aprof.pb.gz >raw 2>err || fail "pprof: $(cat err)"
same_stacks pprof-raw raw

# The shares that a user sees, by function and for one task root.
"$viewer" -top -sample_index=samples -nodefraction=0 aprof.pb.gz >top 2>err
total=$(awk '{ n += $NF } END { print n }' expected)
expect_text top "of $total total"
burn=$(grep ';workload::burn' expected | awk '{ n += $NF } END { print n }')
expect_text top " $burn +[0-9.]+% +workload::burn\$"
"$viewer" -top -sample_index=samples -tagfocus=task=tokio_tasks::refresher aprof.pb.gz >top 2>err
refresher=$(grep '^tokio_tasks::refresher' expected | awk '{ n += $NF } END { print n }')
expect_text top "for $refresher,"
