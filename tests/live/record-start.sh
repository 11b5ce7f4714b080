#!/bin/sh
# The start and the end of a short recording: the target is not raised with the recorder, kernel frames
# have their names however short it was, and the libraries of event names are not loaded for nothing.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf

for nice in 0 5; do
	got=$(nice -n "$nice" "$APROF" record -q -o nice.aprof -- nice)
	[ "$got" = "$nice" ] || fail "a target that was started with nice $nice runs with $got"
done

! ldd "$APROF" | grep -q libpfm || fail "libpfm is loaded at every start"
expect_status 0 "$APROF" record -q -e PERF_COUNT_SW_CPU_CLOCK -o named.aprof -- true

# kernel_names COMMAND…: all kernel frames of its recording have names, and there are some.
kernel_names() {
	"$APROF" record -q --all-kernel -F 5000 -o kernel.aprof -- "$@" >said 2>&1 ||
		skip "no samples of the kernel here: $(head -n 1 said)"
	"$APROF" report --folded kernel.aprof >folded 2>err
	grep -q '_\[k\]' folded || fail "no named kernel frames: $*"
	! grep -F '[kernel]' folded >nameless || fail "kernel frames without names: $(head -n 1 nameless)"
}

address=$(awk '$3 == "do_syscall_64" || $3 == "_text" { print $1; exit }' /proc/kallsyms)
case $address in
'' | 0000000000000000) skip "the kernel's addresses are hidden here" ;;
esac
kernel_names dd if=/dev/zero of=/dev/null bs=1M count=50 # ends before the recorder looks
kernel_names sh -c 'dd if=/dev/zero of=/dev/null bs=1M count=50; sleep 0.6; dd if=/dev/zero of=/dev/null bs=1M count=50'
