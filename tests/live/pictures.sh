#!/bin/sh
# workload: tokio-tasks --compiler stable --profile release
# timeout: 300
# The pictures of the documentation can be made again, are as wide as it says, and are all named there.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf

"$SRCDIR/scripts/make-pictures" "$PWD/made" >made.log 2>why || {
	[ $? -eq 77 ] && skip "$(tail -n 1 why)"
	fail "$(cat why)"
}
for picture in "$SRCDIR"/docs/pictures/*.png; do
	name=${picture##*/}
	[ -s "made/$name" ] || fail "no command makes $name"
	# Bytes 16 to 19 of a PNG: its width.
	[ "$(od -An -tu1 -j16 -N4 "made/$name" | tr -s ' ')" = ' 0 0 2 88' ] || fail "$name is not 600 wide"
	grep -q "($name)" "$SRCDIR/docs/pictures/README.md" || fail "$name is not explained"
	[ "$(wc -c <"$picture")" -lt 100000 ] || fail "$name is too large for a README"
done
