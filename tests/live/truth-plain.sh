#!/bin/sh
# Where there is no async, or no DWARF: every frame is shown, nothing false is said, timeout: 900
# workload: sync --compiler stable --profile release
# workload: minimal --compiler stable --profile debug
# workload: minimal --compiler stable --profile release-nodebug
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf

APROF_TRUTH="$SRCDIR/scripts/truth --compilers stable --manglings default --seconds 1"
$APROF_TRUTH --workloads sync --profiles release --keep kept >rows 2>notes || true
$APROF_TRUTH --workloads minimal --profiles "debug release-nodebug" --keep kept >>rows 2>>notes || true
cat rows
[ -s kept/minimal_stable_release-nodebug.folded ] && [ -s kept/sync_stable_release.folded ] ||
	skip "the workloads cannot be built here"

# What a plain profiler shows of a program without async, but how its threads start.
$APROF report -q --folded --physical kept/sync_stable_release.aprof >physical
$APROF report -q --folded kept/sync_stable_release.aprof >logical
python3 - <<'EOF' || fail "a stack without async is not shown as it was unwound"
import re, sys
from collections import Counter

START = re.compile(r"_start$|__libc_start|main$|std::rt::lang_start|clone3?$|start_thread$|std::panic|"
                   r"std::sys::|std::sys_common::|<?core::(ops::function|panic::unwind_safe)|__rust_try$|"
                   r"std::thread::|<alloc::boxed::Box<dyn |<?std::panicking|<&dyn core::ops::function|"
                   r"core::panicking|<core::panic|<.* as core::ops::function::Fn|std::rt::")

def read(path):
    stacks = Counter()
    for line in open(path):
        stack, count = line.rstrip("\n").rsplit(" ", 1)
        stacks[tuple(stack.split(";"))] += int(count)
    return stacks

def bare(stack):
    """Without the frames that threads begin with: those of the program come first behind them."""
    at = 0
    while at < len(stack) and START.match(stack[at]) and not stack[at].startswith("sync::"):
        at += 1
    return stack[at:]

physical, logical = Counter(), Counter()
for stack, count in read("physical").items():
    physical[bare(stack)] += count
for stack, count in read("logical").items():
    logical[bare(stack[1:])] += count
total = sum(physical.values())
differ = sum(((physical - logical) + (logical - physical)).values()) / 2
print(f"{differ:.0f} of {total} samples differ")
for stack, count in (logical - physical).most_common(3) + (physical - logical).most_common(3):
    print(count, ";".join(stack))
sys.exit(total < 500 or sum(logical.values()) != total or differ > total / 200)
EOF

# Without DWARF no chain is claimed ...
awk '/^minimal stable release-nodebug / { n++; if ($5 < 500 || $9 + 0 > 0) bad = 1 }
	END { exit bad || n != 1 }' rows || { cat notes >&2; fail "a build without DWARF has false chains"; }
# ... and what inlining hides is never said to have gone.
$APROF diff -q --width 0 kept/minimal_stable_debug.aprof kept/minimal_stable_release-nodebug.aprof >diff
grep -q 'not known.*  minimal::sy1$' diff || fail "what is inlined without DWARF is not 'not known'"
if grep -q 'only A.*  minimal::' diff; then fail "a function is said to be removed where it is not known"; fi
tr -s ' \n' ' ' <diff | grep -q 'functions of A are not known in B, .* not removed. .*CARGO_PROFILE_RELEASE_DEBUG=1' ||
	fail "no word on how to see more"
