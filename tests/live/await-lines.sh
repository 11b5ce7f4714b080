#!/bin/sh
# --await-lines says where a body awaits, only for what it awaits: not for what it calls on that line.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
command -v rustc >/dev/null || skip "needs rustc"
rustc --edition 2021 -g -o one_line "$SRCDIR/tests/lib/one_line.rs" 2>rustc.err ||
	skip "rustc: $(tail -n 1 rustc.err)"
line=$(grep -n 'inner().await + beside()' "$SRCDIR/tests/lib/one_line.rs" | cut -d: -f1)

"$APROF" record -q -F 2000 -o one_line.aprof ./one_line
"$APROF" report --folded --await-lines one_line.aprof >folded
expect_text folded "^one_line::outer \\(.*one_line\\.rs:$line\\);one_line::inner;one_line::burn"
expect_text folded '^one_line::outer;one_line::beside;one_line::burn'
! grep -q "one_line.rs:$line);one_line::beside" folded || fail "a call stands where something is awaited"
! grep -q '^one_line::outer;one_line::inner' folded || fail "what is awaited stands nowhere"
