#!/bin/sh
# timeout: 900
# Inline chains and lines of many kinds of builds, as llvm-symbolizer has them, and addr2line where it
# can be relied on; files that were transformed (dwz, compressed, split) answer as they did before.
set -eu
for program in python3 readelf addr2line llvm-symbolizer; do
	command -v $program >/dev/null || { echo "needs $program"; exit 77; }
done
tool=$BUILDDIR/tests/unit/test_dwarf
[ -x "$tool" ] || { echo "needs $tool (make tests)"; exit 77; }
lib=$SRCDIR/tests/lib
failed=0 left_out=

# check NAME COMMAND…: builds NAME and compares; a compiler that is not there is left out.
check()
{
	name=$1
	shift
	if ! command -v "$1" >/dev/null || ! "$@" -o "$name" >"$name.log" 2>&1; then
		left_out="$left_out $name"
		return 0
	fi
	python3 "$lib/symbolize.py" peer "$tool" "$name" || failed=1
}

same() { python3 "$lib/symbolize.py" same "$tool" "$1" "$2" || failed=1; }

check gcc-O2 gcc -O2 -g "$lib/symbolize.c"
check gcc-O0 gcc -O0 -g "$lib/symbolize.c"
check gcc-dwarf4 gcc -O2 -gdwarf-4 "$lib/symbolize.c"
check gcc-dwarf64 gcc -O2 -g -gdwarf64 "$lib/symbolize.c"
check gcc-sections gcc -O2 -g -ffunction-sections -Wl,--gc-sections "$lib/symbolize.c"
check gcc-lto gcc -O2 -g -flto "$lib/symbolize.c"
check gcc-fixed gcc -O2 -g -no-pie "$lib/symbolize.c"
check clang-O2 clang -O2 -g "$lib/symbolize.c"
check clang-dwarf4 clang -O2 -gdwarf-4 "$lib/symbolize.c"
check clang-lines clang -O2 -gline-tables-only "$lib/symbolize.c"
check g++ g++ -O2 -g "$lib/symbolize.cc"
check g++-O1 g++ -O1 -g "$lib/symbolize.cc"
check g++-types g++ -O1 -g -fdebug-types-section "$lib/symbolize.cc"
check clang++ clang++ -O2 -g "$lib/symbolize.cc"
for rustc in /usr/bin/rustc rustc; do
	version=$("$rustc" --version 2>/dev/null | cut -d' ' -f2) || continue
	check "rust-$version-debug" "$rustc" --edition 2021 -g "$lib/symbolize.rs"
	check "rust-$version-release" "$rustc" --edition 2021 -O -g "$lib/symbolize.rs"
	check "rust-$version-v0" "$rustc" --edition 2021 -O -g -C symbol-mangling-version=v0 \
		"$lib/symbolize.rs"
	check "rust-$version-lto" "$rustc" --edition 2021 -O -g -C lto=fat "$lib/symbolize.rs"
	check "rust-$version-limited" "$rustc" --edition 2021 -O -C debuginfo=1 "$lib/symbolize.rs"
	check "rust-$version-lines" "$rustc" --edition 2021 -O -C debuginfo=line-tables-only \
		"$lib/symbolize.rs"
done
for file in gcc-O2 gcc-O0 gcc-dwarf4 rust-*-release; do
	[ ! -x "$file" ] || python3 "$lib/symbolize.py" binutils "$tool" "$file" || failed=1
done

if [ -x g++ ]; then
	for kind in zlib zlib-gnu zstd; do
		objcopy --compress-debug-sections=$kind g++ compressed-$kind 2>/dev/null || continue
		same g++ compressed-$kind
	done
	objcopy --only-keep-debug g++ split.debug
	objcopy --strip-debug --add-gnu-debuglink=split.debug g++ split
	same g++ split
	if command -v dwz >/dev/null; then
		cp g++ dwz-one && dwz dwz-one && same g++ dwz-one
		cp g++ dwz-a && cp g++-O1 dwz-b && dwz -m dwz-common dwz-a dwz-b && same g++ dwz-a
	fi
fi
# Many units, of which the tool reads those that it needs; gcc's -flto has references between units.
for file in "$BUILDDIR/aprof" gcc-lto; do
	[ -x "$file" ] && objcopy --compress-debug-sections=zlib "$file" compressed || continue
	same "$file" compressed
done
for file in rust-*-debug; do
	[ -x "$file" ] || continue
	paths=$(python3 "$lib/symbolize.py" find "$tool" "$file")
	for path in "symbolize::fetch::{async_fn#0}<symbolize::Book>" "symbolize::burn" \
		"symbolize::{impl#2}::checkout::{async_fn#0}" \
		"symbolize::{impl#2}::checkout::{async_fn#0}::{async_block#0}" \
		"symbolize::{impl#0}::poll" "symbolize::{impl#1}::price"; do
		echo "$paths" | grep -qxF "$path" || { echo "$file: no function $path"; failed=1; }
	done
done
[ -z "$left_out" ] || echo "left out:$left_out"
exit $failed
