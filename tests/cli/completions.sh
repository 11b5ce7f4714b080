#!/bin/sh
# What bash completes after `aprof`: commands, the options of each, words and files.
command -v bash >/dev/null || { echo "no bash"; exit 77; }
"$SRCDIR/scripts/gen-completions" "$APROF" >aprof.bash || exit 1
mkdir folder && touch some.data folder/other.data
cat >try.bash <<'END'
. ./aprof.bash || exit 1
try() {
	COMP_WORDS=(aprof "$@") COMP_CWORD=$#
	_aprof
	printf '%s ->' "$*"
	[ ${#COMPREPLY[@]} -eq 0 ] || printf ' %s' "${COMPREPLY[@]}"
	echo
}
try rep
try help fl
try report --in
try report --sort ''
try report -i so
try report --symfs fol
try report --event cyc
try report som
try export --form
try script --fi
try doctor so
try nonsense --
END
bash try.bash
