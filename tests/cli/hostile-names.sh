#!/bin/sh
# Names from outside, in every format there is: XML stays well-formed, JSON and protobuf valid, pages
# keep their own scripts only, and no terminal or reader sees a control character or a turned line.
. "$SRCDIR/tests/lib/sample.sh"
need_sample
hostile="$SRCDIR/tests/cli/hostile_names.py"

python3 "$hostile" make | python3 "$SRCDIR/tests/cli/make_profile.py" p.aprof
first=$(python3 "$hostile" first)
for format in pprof firefox speedscope json; do
	"$APROF" export -q --format $format p.aprof || echo "$format failed"
done
"$APROF" flamegraph -q -o flame.html p.aprof
"$APROF" flamegraph -q -o flame.svg p.aprof
"$APROF" flamegraph -q -o diff.svg --diff p.aprof p.aprof
"$APROF" flamegraph -q -o diff.html --diff p.aprof p.aprof
"$APROF" annotate -q --html -o annotate.html "$first" p.aprof
"$APROF" annotate -q "$first" p.aprof >annotate.text
"$APROF" report -q p.aprof >report.text
"$APROF" report -q --tree p.aprof >tree.text
"$APROF" report -q --folded p.aprof >stacks.folded
"$APROF" script -q p.aprof >script.text
python3 "$hostile" check aprof.pb.gz aprof.firefox.json aprof.speedscope.json aprof.json flame.html \
	flame.svg diff.html diff.svg annotate.html annotate.text report.text tree.text stacks.folded script.text
