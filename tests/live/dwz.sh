#!/bin/sh
# Chains are the same when dwz has moved what the units of a program have in common.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
command -v dwz >/dev/null || skip "needs dwz"
rustc --edition 2021 -g -O -C codegen-units=16 -o two "$SRCDIR/tests/lib/two_units.rs" 2>rustc.err ||
	skip "needs a rustc with Waker::noop (1.85)"

"$APROF" record -q ./two >out 2>&1
"$APROF" report -q --folded >before
"$APROF" report -q --folded --await-lines >before.lines
grep -q 'g;two_units::a::g::{closure#0};two_units::a::work' before || {
	echo "the closure is not there:"
	cat before
	exit 1
}
dwz two -o moved
readelf --debug-dump=info moved 2>readelf.err | grep -q DW_TAG_partial_unit
mv moved two
"$APROF" report -q --folded | diff before -
"$APROF" report -q --folded --await-lines | diff before.lines -
