#!/bin/sh
# Logical chains are true: what reports say of programs that know their own chains, timeout: 900
# workload: minimal --compiler 1.63 --profile debug
# workload: minimal --compiler 1.63 --profile release
# workload: minimal --compiler stable --profile debug
# workload: minimal --compiler stable --profile release
# workload: tokio-tasks --compiler 1.63 --profile debug
# workload: tokio-tasks --compiler 1.63 --profile release
# workload: tokio-tasks --compiler stable --profile debug
# workload: tokio-tasks --compiler stable --profile release
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf

"$SRCDIR/scripts/truth" --quick --seconds 2 --keep kept >rows 2>notes || true
cat rows

# Columns: name compiler profile samples burning truncated exact unsure false glue TVD chance. Every chain
# is right. Shares are only compared where the samples came: time that a hypervisor takes away counts in
# the program's CPU clock but brings no sample, 2 s at 3999 Hz are 7998 of them.
awk '
	/^(minimal|tokio-tasks) [^ ]+ [^ ]+  / {
		rows++
		if ($5 < 1000) { print "few samples: " $0; bad = 1 }
		if ($7 + 0 < 99.5) { print "chains not exact: " $0; bad = 1 }
		if ($9 + 0 > 0) { print "false chains: " $0; bad = 1 }
		if ($10 > 0) { print "glue inside chains: " $0; bad = 1 }
		if ($4 > 7700 && $11 > 0.06) { print "shares far from the truth: " $0; bad = 1 }
	}
	END { print rows + 0 " rows"; exit bad || rows == 0 }
' rows >verdict || { cat notes >&2; cat verdict >&2; fail "the chains are not true"; }

# Debug and release: the same chains, each function once, ratios as the programs counted.
[ "$(grep -c ' 0 complaints$' rows)" = "$(grep -c '^  diff: ' rows)" ] ||
	{ cat notes >&2; fail "debug and release do not compare as they must"; }

n=$(sed -n 's/ rows$//p' verdict)
[ "$n" -eq 8 ] || skip "$((8 - n)) of 8 builds cannot be made here"
[ "$(grep -c '^  diff: ' rows)" -eq 4 ] || fail "not every program was compared"

# The same spelling in all builds of a program.
for name in minimal tokio-tasks; do
	for folded in kept/"$name"*.folded; do
		awk -v crate="^${name%-tasks}[a-z_]*::" '
			$0 ~ crate && (at = index($0, "::burn")) { print substr($0, 1, at + 5) }
		' "$folded" | sort -u >"$folded.chains"
		cmp -s "$folded.chains" "${first:=$folded.chains}" ||
			{ diff "$first" "$folded.chains" >&2; fail "$folded spells its chains differently"; }
	done
	unset first
done
