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

# The branches before a sample; and a leaf whose stack is that of its interrupt.
python3 "$SRCDIR/tests/cli/make_profile.py" branches.aprof <<-END
	meta event.0.name cycles:ppp
	meta event.0.unit events
	module jit [jit]
	module kernel [kernel]
	thread 10 10 shop shop
	symbol 0 1000 100 main
	symbol 0 2000 100 parse_order
	row 1000 0 0 5 0+2010 0+1010
	branch 0+1020 0+2000 2 17
	branch 0+1044 0+1008 1 300
	branch 0+1020 0+2000 2 17
	branch 1+100 0+1000 0 0
	row 2000 0 0 5 0+1010
	row 3000 0 0 5 !0+2010 0+1010
	branch 0+1044 0+1008 14 65535
	row 4000 0 0 5 !0+2010 failed:10
END
show -F time,brstack branches.aprof
show -F ip,brstack branches.aprof
"$APROF" report branches.aprof 2>/dev/null | sed -n '/samples:/,$p'
"$APROF" info branches.aprof | grep "branch records"
