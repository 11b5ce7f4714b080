# A small profile for tests of what reports print: sample_profile OUT [killed]. JIT symbols stand in
# for DWARF, so that no binary is needed. Sourced by tests.

need_sample() {
	if ! python3 -c '' || ! zstd -V; then echo "needs python3 and zstd"; exit 77; fi >/dev/null 2>&1
}

# "N THREAD EVENT FRAMES…" on stdin: N rows, a millisecond apart.
sample_rows() {
	awk '{ n = $1; $1 = ""; for (i = 0; i < n; i++) {
		t += 1000
		sub(/^ /, "")
		split($0, f, " ")
		rest = $0
		sub(/^[^ ]+ [^ ]+ /, "", rest)
		print "row", t, f[1], f[2], f[2] ? 100000 : 1000000, rest
	} }'
}

sample_profile() {
	{
		cat <<-END
		meta command ./shop --port 80
		meta start.realtime_ns 1795470185000000000
		meta event.0.name cpu-clock
		meta event.0.unit ns
		meta event.0.freq 1000
		meta event.1.name cycles
		meta event.1.unit events
		meta event.1.period 100000
		module jit [jit]
		module kernel [kernel]
		thread 10 10 shop shop
		thread 10 11 tokio-worker shop
		symbol 0 1000 100 main
		symbol 0 2000 100 parse_order
		symbol 0 3000 100 hash<[u8; 4]>
		symbol 0 4000 100 warehouse::inventory::Shelf<alloc::vec::Vec<warehouse::Product>>::find_by_number_in_all_of_them
		symbol 0 5000 100 $(printf 'esc\033[31mape')
		symbol 0 6000 100 fib
		symbol 1 100 100 tcp_sendmsg
		END
		sample_rows <<-END
		50 0 0 0+3050 0+2050 0+1050
		20 0 0 0+4050 0+2050 0+1050
		10 1 0 1+150 0+5050 0+1050
		9 1 0 0+6050 0+6060 0+6060 0+1050
		6 1 0 0+3050 truncated:1
		3 1 0 0+2050 failed:2
		2 1 0 0+2050 failed:3
		30 0 1 0+3050 0+2050 0+1050
		10 1 1 0+6050 0+1050
		END
		[ $# -lt 2 ] || echo "$2"
	} | python3 "$SRCDIR/tests/cli/make_profile.py" "$1"
}
