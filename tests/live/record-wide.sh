#!/bin/sh
# Awkward programs: deep recursion, 2,000 threads, forks, modules that come and go, code in anonymous
# memory, a binary that is replaced while it runs. Stacks are whole, or marked where they end.
# timeout: 300
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
cc -O2 -g -pthread -o wide "$SRCDIR/tests/bench/wide.c" -ldl
cc -O2 -shared -fPIC -Wl,--build-id=none -o wide_module.so "$SRCDIR/tests/bench/wide_module.c"

# wide KIND N PATTERN PERCENT: so many of the samples match PATTERN.
wide() {
	"$APROF" record -q -F 499 -o "$1" -- ./wide "$1" "$2" >said 2>err || fail "wide $1 $2: $(cat err)"
	"$APROF" report --physical --folded "$1" 2>/dev/null >folded
	awk -v pattern="$3" -v least="$4" '
		{ all += $NF } $0 ~ pattern { good += $NF }
		END { exit !(all > 20 && good * 100 >= least * all) }' folded ||
		{ head -n 5 folded | cut -c1-400 >&2; fail "wide $1 $2: too few stacks match $3"; }
}

wide recurse 1000 'main;(recurse;)+burn' 90
depth=$(awk -F';' '/burn/ { print NF; exit }' folded)
[ "$depth" -ge 1000 ] || fail "a stack of 1,000 frames has $depth"
wide threads 2000 'start_thread;.*burn' 60
wide forks 300 'main;.*forks;.*burn|main;burn' 60
wide dlopen 20 'module_burn|\[wide[.0-9]*so\]' 60 # the files are gone: no names, or marked
wide jit 1 'main;.*jit' 60
wide replaced 0 '__libc_start_call_main;\[wide.copy\]|main;.*burn' 80 # unwound to its start, from a file without a name

# Every CPU, every program: two rings and more are drained as one.
./wide recurse 5 >said &
other=$!
"$APROF" record -q -a -F 499 -o all -- ./wide recurse 5 >said
wait $other
n=$("$APROF" report --physical --folded all 2>/dev/null | awk '/recurse;.*burn/ { n += $NF } END { print n + 0 }')
[ "$n" -gt 100 ] || fail "-a kept $n samples of two busy programs"
