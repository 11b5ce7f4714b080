#!/bin/sh
# Real recordings of perf: what our reader sees of them, held against two other readers, a row each.
# timeout: 300
recordings=${APROF_PERFDATA:-$SRCDIR/../shared/perfdata}
[ -f "$recordings/MANIFEST.tsv" ] || { echo "no recordings of perf (APROF_PERFDATA)"; exit 77; }
for tool in python3 perf zstd; do
	command -v $tool >/dev/null || { echo "no $tool"; exit 77; }
done
exec python3 "$SRCDIR/tests/live/perfdata.py" "$recordings" "$BUILDDIR/tests/unit/test_perfdata"
