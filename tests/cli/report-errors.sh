#!/bin/sh
# What `aprof report` and its relatives say to wrong arguments, and to output that cannot be written.
. "$SRCDIR/tests/lib/sample.sh"
need_sample
sample_profile sample.aprof
sample_profile killed.aprof killed
exec 2>&1

try() {
	"$APROF" "$@" >stdout
	status=$?
	[ ! -s stdout ] || echo "(wrote on stdout)"
	echo "status $status: $*"
}

try report --tree --folded sample.aprof
try report --event nothing sample.aprof
try report --callers no_such_function sample.aprof
try report --callers ash sample.aprof
try report --time 2 sample.aprof
try report --time 3,2 sample.aprof
try report --tid many sample.aprof
try report --comm nobody sample.aprof
try report --sort name sample.aprof
try report --percent-limit 200 sample.aprof
try report --hide '(' sample.aprof
try report sample.aprof sample.aprof
try report --time 1000, sample.aprof
try report killed.aprof
try diff sample.aprof
try diff sample.aprof missing
try flamegraph -o picture.png sample.aprof
try flamegraph -o missing/picture.svg sample.aprof
try flamegraph missing; ls aprof.svg* 2>/dev/null
try flamegraph --diff sample.aprof
try annotate
try annotate nobody sample.aprof
try export sample.aprof
try export --format xml sample.aprof
mkdir folder
try export --format json -o folder sample.aprof
"$APROF" report sample.aprof >/dev/full; echo "status $?"
"$APROF" report --folded -q sample.aprof >/dev/full; echo "status $?"
ln -s /dev/full full.svg
"$APROF" flamegraph -o full.svg sample.aprof; echo "status $?"
"$APROF" report --percent-limit 0 -q sample.aprof | head -n 1
