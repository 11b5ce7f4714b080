# Recordings handed to other people's readers; sourced by tests, after record.sh.

# Records the tokio workload into profile.aprof, and what our own report says of it into expected.
record_service() {
	binary=$("$SRCDIR/scripts/build-workload" tokio-tasks --compiler stable --profile release 2>why) ||
		skip "$(tail -n 1 why)"
	"$APROF" record -q -o profile.aprof -- "$binary" --seconds 1 >truth
	"$APROF" report --folded profile.aprof >expected
	[ "$(wc -l <expected)" -gt 10 ] || fail "hardly anything was recorded: $(cat expected)"
	grep -q '^tokio_tasks::connection;tokio_tasks::query;workload::burn ' expected ||
		fail "the service's await chains are missing: $(head expected)"
}

# Sets `viewer` to the path of another project's program.
need_viewer() {
	viewer=$("$SRCDIR/scripts/fetch-viewer" "$1" "${APROF_WORKLOAD_DIR:-$SRCDIR/build/workloads}/viewers" \
		2>why) || skip "$(tail -n 1 why)"
}

# same_stacks KIND FILE…: the reader's stacks and samples are those of our report.
same_stacks() {
	python3 "$SRCDIR/tests/lib/stacks.py" expected "$@" || fail "$1: not the stacks of aprof report"
}
