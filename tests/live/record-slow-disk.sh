#!/bin/sh
# A disk that takes nothing while the target runs: sampling goes on, and what was gathered is whole.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
command -v python3 >/dev/null || skip "no python3 to make a small pipe with"
burn

# A pipe of one page, read once the target has ended: a chunk is written each second, the third blocks.
python3 - "$APROF" <<'END'
import fcntl, os, shutil, subprocess, sys, time

ours, theirs = os.pipe()
fcntl.fcntl(theirs, 1031, 4096)  # F_SETPIPE_SZ
aprof = subprocess.Popen([sys.argv[1], "record", "-F", "9999", "-o", "-", "--", "sh", "-c",
                          "./burn 5; echo >ended"], stdout=theirs, stderr=open("err", "w"))
os.close(theirs)
while not os.path.exists("ended") and aprof.poll() is None:
    time.sleep(0.05)
shutil.copyfileobj(open(ours, "rb"), open("slow", "wb"))
END
size=$(wc -c <slow)
[ "$size" -gt 8192 ] || fail "a file of $size bytes blocks nothing"
lost=$(sed -n 's/^aprof: \([0-9]*\) records lost.*/\1/p' err)
n=$(samples_of slow)
[ "$n" -gt 20000 ] || fail "$n samples of 5 s of CPU at 10 kHz"
[ "${lost:-0}" -lt $((n / 5)) ] || fail "$lost lost, $n kept: the writer held up the drain"
