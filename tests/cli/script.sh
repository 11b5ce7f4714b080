#!/bin/sh
# `aprof script` on a small profile: the lines of `perf script`, its fields, filters, and that what
# a collapsing script makes of it is what `aprof report --folded --physical` says.
. "$SRCDIR/tests/lib/sample.sh"
need_sample
sample_profile sample.aprof

show() {
	echo "--- $*"
	"$APROF" script "$@" 2>&1 | awk '!seen[$0]++'
}

show --time ,0.002 sample.aprof
show -i sample.aprof --event cycles --tid 11 --time ,0.131
show --fields comm,pid,event,period --comm tokio-worker sample.aprof
show -F +cpu,-sym,dso,+event --event cycles --tid 11 sample.aprof
show -F -time,period,symoff --tid 11 sample.aprof
show -F tid,sym --tid 11 --event cpu-clock sample.aprof
show --logical --tid 11 --event cpu-clock -F sym,dso sample.aprof
show -F brstack sample.aprof
show -F comm,nonsense sample.aprof
show --event nonsense sample.aprof
show --time 9,10 sample.aprof

# Of each event what the report folds.
for event in cpu-clock cycles; do
	"$APROF" script --event $event sample.aprof | sh "$SRCDIR/tests/lib/collapse.sh" >script.folded
	"$APROF" report -q --folded --physical --event $event sample.aprof >report.folded
	echo "--- $event: $(wc -l <script.folded) stacks"
	diff script.folded report.folded
done

# A reader who has seen enough is no error; a full disk is one.
"$APROF" script sample.aprof | head -n 1
"$APROF" script sample.aprof 2>&1 >/dev/full

# A task that perf had no number of.
python3 "$SRCDIR/tests/cli/make_profile.py" gone.aprof <<-END
	meta event.0.name cpu-clock
	meta event.0.unit ns
	module jit [jit]
	thread 4294967295 4294967295 gone gone
	symbol 0 1000 100 main
	row 1000 0@3 0 5 0+1010
END
show gone.aprof
show --pid -1 -F pid gone.aprof
"$APROF" info -v gone.aprof | grep 'gone$'
