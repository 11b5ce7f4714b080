#!/bin/sh
# What `aprof info` tells of a good profile, and of one whose recorder was killed.
if ! python3 -c '' || ! zstd -V; then echo "needs python3 and zstd"; exit 77; fi >/dev/null 2>&1
make_profile() { python3 "$SRCDIR/tests/cli/make_profile.py" "$1"; }

make_profile good.aprof <<END
meta version 0.1
meta command ./server --port 8080 --with an-argument --and another --and-so-on until-it is-too-long for-one-line
meta start.realtime_ns 1795470185000000000
meta start.monotonic_ns 1000000000
meta stop.monotonic_ns 3500000000
meta exit_status 0
meta host box
meta kernel 6.1.0
meta cpu Some CPU @ 2 GHz
meta cpus 2
meta euid 1000
meta paranoid 2
meta callgraph dwarf
meta stack_bytes 32768
meta ring_bytes 524288
meta event.0.name cpu-clock
meta event.0.unit ns
meta event.0.freq 999
meta event.0.scope task
meta event.1.name cycles
meta event.1.period 1000000
meta notices The ring is smaller than asked for.\nNo kernel names.
module file /opt/server 00112233445566778899aabbccddeeff00112233
module kernel [kernel]
module file /lib/odd.so - no unwind rules
thread 10 10 server server
thread 10 11 worker server
row 1000 0 0 1001001 0+1000 0+2000
row 2000 1 0 1001001 1+100 0+1000 truncated:1
row 3000 1 1 1000000 2+10 failed:2
epoch
module file /opt/server 00112233445566778899aabbccddeeff00112233
thread 10 11 worker server
row 4000 0 0 1001001 0+1000 0+2000
lost 3500 1 7
quality 4 7 0 2 0 0 10 2 1 1 0 0 0 0 0 0 0
END
"$APROF" info -v good.aprof | sed 's/aprof, [0-9]* B, [0-9.]* bytes/aprof, SIZE, N bytes/; s/aprof, [0-9.]* KB, [0-9.]* bytes/aprof, SIZE, N bytes/'

echo; echo "--- killed"
make_profile killed.aprof <<END
thread 10 10 server server
row 1000 0 0 1
killed
END
"$APROF" info killed.aprof | sed 1d
"$APROF" info -i good.aprof | grep -e early -e samples
head -c -10 good.aprof >cut.aprof
"$APROF" info -i cut.aprof | grep -e early -e samples

echo "--- damaged: the first chunk, with the facts, is lost"
{ head -c 60 good.aprof; printf 'XXXXXXXX'; tail -c +69 good.aprof; } >bad.aprof
"$APROF" info bad.aprof | sed 's/[0-9]* damaged bytes/N damaged bytes/' | grep -A1 Damage
