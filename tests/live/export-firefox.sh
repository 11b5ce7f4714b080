#!/bin/sh
# workload: tokio-tasks --compiler stable --profile release
# timeout: 300
# The Firefox Profiler's own reader (its command line, which upgrades, checks and unpacks profiles as
# its page does) finds the threads and the same stacks in our processed profile.
set -eu
. "$SRCDIR/tests/lib/record.sh"
. "$SRCDIR/tests/lib/exports.sh"
need_perf
need_viewer profiler-cli
record_service

"$APROF" export --format firefox profile.aprof
export HOME="$PWD" # it keeps its sessions there
profiler() { timeout 60 node "$viewer" "$@"; }
# Its daemon has half a second to start, which a busy machine may not give it.
for try in 1 2 3 4 5 6 7 8 9 last; do
	! profiler load aprof.firefox.json >loaded 2>&1 || break
	grep -q 'did not become ready' loaded && [ $try != last ] || fail "$(cat loaded)"
	sleep 1
	! profiler status >/dev/null 2>&1 || break
done
trap 'profiler stop --all >/dev/null 2>&1' EXIT

profiler thread list --json >threads
handles=$(python3 -c 'import json
for t in json.load(open("threads"))["threads"]: print(t["threadHandle"])')
[ "$(echo "$handles" | wc -l)" -ge 2 ] || fail "the threads are missing: $(cat threads)"
for thread in $handles; do
	profiler thread samples-top-down --thread "$thread" --json --max-lines 1000000 --include-idle >"$thread.json"
done
same_stacks firefox-tree t-*.json
profiler profile info >info
expect_text info 'p-0: tokio-tasks .pid'
