#!/bin/sh
# timeout: 600
# Our unwinder, libunwind and libdw on the same samples: they are identical, or we know why.
#
# 99.5 % must be identical as they are, 98 % where handlers return all the time: what differs beyond that
# is where the other one has no rule to go by (classes in tests/oracle/compare.c). One stack in 5000 may
# be of a class not met yet.
#
# The programs: C, a debug and a release tokio program, and rustc compiling.
set -u
oracle=$BUILDDIR/tests/oracle/unwind-oracle
run=0

try()
{
	echo "== $1"
	identical=$2
	shift 2
	"$oracle" -F 2000 -n 6000 -l "$identical" -u 2 -- "$@" 2>stderr && run=$((run + 1)) && return
	grep -q 'perf_event_paranoid\|not permitted' stderr && { cat stderr; exit 77; }
	cat stderr >&2
	exit 1
}

for level in -O0 -O2; do
	cc $level -g -pthread -Wl,-z,lazy -o "shapes$level" "$SRCDIR/tests/workloads/c/shapes.c" ||
		exit 1
done
try 'C, optimised' 9800 ./shapes-O2 3
try 'C, handlers on their own stack' 9800 ./shapes-O2 3 alt
try 'C, not optimised' 9800 ./shapes-O0 3

for profile in debug release; do
	if program=$("$SRCDIR/scripts/build-workload" tokio-tasks --profile $profile 2>build.log); then
		try "tokio, $profile" 9950 "$program" --seconds 3
	else
		tail -n 1 build.log
	fi
done

if command -v cargo >/dev/null && sysroot=$(rustc --print sysroot 2>/dev/null); then
	cat >main.rs <<'END'
use std::collections::{BTreeMap, HashMap};
fn work<K: Ord + Clone + std::hash::Hash>(keys: &[K]) -> usize {
    let mut tree = BTreeMap::new();
    let mut hash = HashMap::new();
    for (i, k) in keys.iter().enumerate() {
        tree.insert(k.clone(), i);
        *hash.entry(k.clone()).or_insert(0) += i;
    }
    tree.into_iter().filter(|(k, v)| hash[k] > *v).count()
}
fn main() {
    let text: Vec<String> = std::env::args().collect();
    let numbers: Vec<u64> = (0..1000).collect();
    println!("{} {}", work(&text), work(&numbers));
}
END
	try 'rustc' 9950 "$sysroot/bin/rustc" -O --emit=obj main.rs
fi
echo "$run programs"
