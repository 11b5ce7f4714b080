#!/bin/sh
# What perf records here says the same as what aprof records, timeout: 400
# workload: minimal --compiler stable --profile release
# workload: sync --compiler stable --profile release
#
# One row a way of recording: the logical chains of an imported recording of perf have the shares that
# a recording of our own has, as far as chance allows, and none of them is a false one.
set -u
. "$SRCDIR/tests/lib/record.sh"
for tool in perf python3 rustc; do
	command -v $tool >/dev/null || skip "no $tool"
done
need_perf
minimal=$("$SRCDIR/scripts/build-workload" minimal --compiler stable --profile release) || skip "minimal cannot be built"
sync=$("$SRCDIR/scripts/build-workload" sync --compiler stable --profile release) || skip "sync cannot be built"
mkdir fp
rustc --edition 2021 -O -g -C force-frame-pointers=yes --crate-name minimal -o fp/minimal \
	"$SRCDIR/tests/workloads/minimal/src/main.rs" 2>rustc.err || skip "rustc: $(tail -n 1 rustc.err)"

rate=1999 seconds=1

# folded FILE [EVENT]: the logical stacks of the workload in a profile or a recording of perf.
folded() {
	"$APROF" report -q --folded --comm minimal,sync,helper ${2:+--event "$2"} "$1" ||
		fail "cannot report $1"
}

# row NAME ALLOWED: compares $reference.folded with NAME.folded; shares may differ by chance, and by
# ALLOWED of all samples where the way of recording is known to miss as many.
row() {
	python3 - "$reference.folded" "$1.folded" "$1" "$2" <<'END' || bad=1
import collections, math, sys

def read(path):
    """Samples by what the program burned in: kernel and clock functions below it are its own."""
    chains = collections.Counter()
    for line in open(path):
        stack, count = line.rsplit(' ', 1)
        frames = [f for f in stack.split(';') if not f.endswith('_[k]')]
        # How much of a second thread is seen is up to the scheduler: it runs while the first does.
        if frames[:1] == ['helper']:
            continue
        ends = [i for i, f in enumerate(frames) if f.endswith('::burn')]
        chains[';'.join(frames[:ends[0] + 1]) if ends else '(elsewhere)'] += int(count)
    return chains

ours, theirs = read(sys.argv[1]), read(sys.argv[2])
name, allowed = sys.argv[3], float(sys.argv[4])
n, m = sum(ours.values()), sum(theirs.values())
problems = []
if min(n, m) < 500:
    problems.append(f'too few samples: {n} and {m}')
far = 0
for chain in sorted(set(ours) | set(theirs)):
    p, q = ours[chain] / max(n, 1), theirs[chain] / max(m, 1)
    both = (ours[chain] + theirs[chain]) / max(n + m, 1)
    # Five standard deviations of the difference of two shares, and a few samples for rare chains.
    bound = 5 * math.sqrt(both * (1 - both) * (1 / max(n, 1) + 1 / max(m, 1))) + 5 / max(min(n, m), 1)
    far = max(far, abs(p - q))
    if abs(p - q) > bound + allowed:
        problems.append(f'{chain}: {p:.3f} of ours, {q:.3f} of theirs, {bound:.3f} by chance')
named = sum(1 for c in theirs if c.endswith('::burn'))
if named < 2:
    problems.append('the chains are not there')
print(f'{name:18} {n:6} {m:6} samples {named} chains, at most {100 * far:.1f} % apart')
for problem in problems:
    print('    ' + problem)
sys.exit(bool(problems))
END
}

# import FILE: the way over a profile must say what the direct way says.
import() {
	"$APROF" import -q -o "$1.aprof" "$1" || fail "cannot import $1"
	folded "$1.aprof" ${2:-} >"$1.imported"
	folded "$1" ${2:-} >"$1.direct"
	cmp "$1.imported" "$1.direct" || fail "$1 says one thing imported, another when it is reported"
	mv "$1.direct" "${1%.data}.folded"
}

reference() {
	reference=ours-$1
	"$APROF" record -q --clock task -F $rate -o "$reference.aprof" "$2" --seconds $seconds >/dev/null ||
		fail "cannot record $2"
	folded "$reference.aprof" >"$reference.folded"
}

bad=0
reference minimal "$minimal"

perf_record -e cpu-clock -F $rate --call-graph dwarf -o dwarf.data "$minimal" --seconds $seconds
import dwarf.data
row dwarf 0

if perf record -h 2>&1 | grep -q -- --compression-level; then
	perf_record -z -e cpu-clock -F $rate --call-graph dwarf -o zstd.data "$minimal" --seconds $seconds
	import zstd.data
	row zstd 0
fi

# perf's own stdout is the recording, so the program's goes elsewhere.
printf '#!/bin/sh\nexec "%s" --seconds %s >/dev/null\n' "$minimal" $seconds >quiet
chmod +x quiet
for attempt in 1 2 3 4 5 6; do
	perf record -q -e cpu-clock -F $rate --call-graph dwarf -o - ./quiet 2>perf.err >pipe.raw &&
		break
	sleep $attempt
done
"$APROF" import -q -o pipe.data.aprof - <pipe.raw || fail "cannot import what perf pipes"
folded pipe.data.aprof >pipe.folded
row pipe 0

perf_record -e cpu-clock,task-clock,page-faults -F $rate --call-graph dwarf -o several.data "$minimal" \
	--seconds $seconds
for event in cpu-clock task-clock; do
	import several.data $event
	mv several.folded "several-$event.folded"
	row "several-$event" 0
done
"$APROF" report -q --event page-faults several.data >/dev/null || fail "the third event is not there"

perf_record -a -e cpu-clock -F $rate --call-graph dwarf -o all.data "$minimal" --seconds $seconds
import all.data
row all 0

reference fp fp/minimal
perf_record -e cpu-clock -F $rate --call-graph fp -o fp.data fp/minimal --seconds $seconds
import fp.data
# Where code without frame pointers is interrupted (the vdso, system calls in libc), its caller's
# frame is not in the kernel's chain.
row fp 0.06

reference sync "$sync"
perf_record -e cpu-clock -F $rate --call-graph dwarf -o sync.data "$sync" --seconds $seconds
import sync.data
row sync 0

[ $bad -eq 0 ] || fail "imported recordings say something else"
exit 0
