#!/bin/sh
# Input that is no profile: one sentence and status 1 each.
try() { "$APROF" info "$@" 2>&1; echo "status $?"; }

try missing
mkdir folder && try folder
: >empty && try empty
echo "some text" >text && try text
head -c 100000 /dev/zero >zeros && try zeros
printf 'PERFILE2xxxxxxxxxxxxxxxxxxxxxx' >perf.data && try - <perf.data
try 2>&1
try text empty
printf '\217APF' >start && try start
if python3 -c '' && zstd -V; then :; else exit 0; fi >/dev/null 2>&1
echo "meta a b" | sed 's/x//' | python3 "$SRCDIR/tests/cli/make_profile.py" newer 2
try newer
