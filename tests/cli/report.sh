#!/bin/sh
# Every view of `aprof report` on a small profile, within 80 columns, and what it does with hostile
# names.
. "$SRCDIR/tests/lib/sample.sh"
need_sample
sample_profile sample.aprof

show() {
	echo "--- $*"
	"$APROF" report "$@" sample.aprof 2>stderr
	grep -v '^aprof: 1[0-9]* samples' stderr
}

show
show --event cycles --no-header --sort total
show --tree --percent-limit 0
show --inverted
show --callers hash
show --callers fib --no-header
show --tasks
show --folded
show --folded --comm tokio-worker
show --folded --tid 10 --time 0.03,0.06
show --folded --event cycles --pid 10
show --folded --hide '^parse' --time ,0.06
LC_ALL=C show --tree --width 60
show --width 0 --percent-limit 0 --no-header | grep warehouse
for view in "" --tree --inverted --tasks; do show $view --percent-limit 0; done | awk 'length($0) > 80 { print "too long: " $0 }'
