#!/bin/sh
# A compressed .debug_info of which only some units are read: whatever .debug_aranges says, and however
# few addresses are asked for, they have the functions that they have in the whole.
set -eu
for program in as ld objcopy nm; do
	command -v $program >/dev/null || { echo "needs $program"; exit 77; }
done
tool=$BUILDDIR/tests/unit/test_dwarf
[ -x "$tool" ] || { echo "needs $tool (make tests)"; exit 77; }

# functions FILE NAME…: what the tool calls what is at these symbols, in the order of addresses
functions()
{
	file=$1
	shift
	for name; do nm "$file" | sed -n "s/ [Tt] $name\$//p"; done |
		"$tool" "$file" 2>/dev/null | grep -v '^0x' | cut -f1 | tr -s '\n' ' '
}

for case in 0 1 2 3 4; do
	as --defsym CASE=$case "$SRCDIR/tests/lib/parts.s" -o parts.o
	ld parts.o -o whole
	objcopy --compress-debug-sections=zlib whole compressed
	readelf -SW compressed | grep -q '\.debug_info .* C ' || { echo "not compressed"; exit 1; }
	for asked in one two three "one two" "one three" "two three" "one two three"; do
		for file in whole compressed; do
			# shellcheck disable=SC2086 # several names
			got=$(functions $file $asked)
			[ "$got" = "$asked " ] || {
				echo "case $case, $file: '$got', not '$asked'"
				exit 1
			}
		done
	done
done
