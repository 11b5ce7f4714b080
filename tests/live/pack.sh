#!/bin/sh
# A packed profile reads the same where the program is gone; an unpacked one says what is missing.
#
# Compared are the frames as unwound: functions that left by a tail call are put back from the code
# itself, which a packed profile does not hold.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
burn

"$APROF" record -q -o plain -- ./burn 0.3
"$APROF" pack plain -o packed
"$APROF" pack packed -o again
"$APROF" report --folded --physical plain >before 2>err
rm burn
"$APROF" report --folded --physical packed >after 2>err
cmp before after || fail "the packed profile reads differently without the program"
"$APROF" report --folded --physical again >after 2>err
cmp before after || fail "packing twice changed something"
grep -q 'main;burn_here' after || fail "no burn_here"

"$APROF" report --folded --physical plain >bare 2>err
expect_text err 'burn is not there'
! grep -q burn_here bare || fail "a name from nowhere"

expect_status 2 "$APROF" pack plain
expect_text err 'pack needs -o OUT'
