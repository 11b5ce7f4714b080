#!/bin/sh
# timeout: 300
# Reports say the same with one CPU as with several, and each function is the one that nm has there:
# of this program itself, with its debug information within, apart and compressed, and moved by dwz.
for program in python3 zstd nm readelf objcopy strip taskset; do
	command -v $program >/dev/null || { echo "needs $program"; exit 77; }
done
readelf -S "$APROF" | grep -q '\.debug_info' || { echo "built without -g"; exit 77; }
set -e
first=$(taskset -cp $$ | sed 's/.*: *//; s/[-,].*//')
cp "$APROF" whole
objcopy --only-keep-debug --compress-debug-sections whole apart.debug 2>objcopy.err
strip -o apart whole
objcopy --add-gnu-debuglink=apart.debug apart

names='whole apart'
if command -v dwz >/dev/null && dwz -o moved whole; then
	names="$names moved"
fi

for name in $names; do
	python3 "$SRCDIR/tests/cli/crew.py" make whole "$PWD/$name" |
		python3 "$SRCDIR/tests/cli/make_profile.py" $name.aprof
	for view in 'report --folded' 'report --folded --physical' 'report --folded --await-lines' script; do
		# shellcheck disable=SC2086 # words
		"$APROF" ${view%% *} ${view#"${view%% *}"} -q -i $name.aprof >several
		# shellcheck disable=SC2086
		taskset -c "$first" "$APROF" ${view%% *} ${view#"${view%% *}"} -q -i $name.aprof >one
		cmp one several
		[ -s one ]
	done
	python3 "$SRCDIR/tests/cli/crew.py" check whole <one
done
