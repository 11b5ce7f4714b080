#!/bin/sh
# `aprof diff` on two small profiles, as a table, a tree and folded lines.
. "$SRCDIR/tests/lib/sample.sh"
need_sample
sample_profile a.aprof
{
	cat <<-END
	meta event.0.name cpu-clock
	meta event.0.unit ns
	meta event.0.freq 1000
	module jit [jit]
	module kernel [kernel]
	thread 20 20 shop shop
	symbol 0 1000 100 main
	symbol 0 2000 100 parse_order
	symbol 0 3000 100 hash<[u8; 4]>
	symbol 0 7000 100 brand_new
	symbol 1 100 100 tcp_sendmsg
	END
	sample_rows <<-END
	10 0 0 0+3050 0+2050 0+1050
	10 0 0 1+150 0+1050
	5 0 0 0+7050 0+1050
	END
} | python3 "$SRCDIR/tests/cli/make_profile.py" b.aprof

for options in '' '--sort self --normalize' '--tree' '--folded' '--folded --normalize' \
	'--event cpu-clock --no-header --tree --percent-limit 20'; do
	echo "--- $options"
	"$APROF" diff $options a.aprof b.aprof
done
