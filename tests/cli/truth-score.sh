#!/bin/sh
# scripts/truth-score tells exact, unsure and false stacks apart, and right shares from wrong ones.
score="$SRCDIR/scripts/truth-score"

cat >truth <<'EOF'
something that the program says besides
truth shop::serve;shop::query;workload::burn 600
truth shop::serve;shop::parse;workload::burn 200
truth shop::refresh;shop::query;workload::burn 200
EOF

# What burn calls is cut off, drop glue is no link, a stack without burn does not count.
cat >good <<'EOF'
shop::serve;shop::query;workload::burn 500
shop::serve;shop::query;workload::burn;clock_gettime;entry_SYSCALL_64_[k] 100
shop::serve;core::ptr::drop_in_place<shop::Guard>;shop::parse;workload::burn 200
shop::refresh;shop::query;workload::burn 200
shop::refresh;shop::query;[tokio] 17
EOF

sed 's/^shop::serve;shop::query/shop::serve;tokio::Poll;shop::query/' good >glue
sed 's/^shop::refresh;shop::query;workload/shop::serve;shop::query;workload/' good >moved
sed 's/^shop::serve;shop::query/shop::serve_[?]/' good >unsure
sed 's/^shop::serve;shop::query/shop::serve/' good >hidden
sed 's/^shop::refresh;shop::query;workload/shop::refresh_[?];shop::parse;workload/' good >invented
sed 's/^shop::refresh;shop::query;workload/shop::refresh;shop::query::{closure}_[?];workload/' good >closure
sed 's/^shop::refresh;shop::query;workload/[truncated];shop::query;workload/' good >truncated
sed 's/^shop::serve;shop::query;workload/worker;shop::main_[?];shop::serve_[?];workload/' good >plain
sed 's/^shop::serve;shop::query;workload/worker;shop::main;shop::serve_[?];workload/' good >unmarked
task='tokio::runtime::task::core::Core::poll_[?]'
sed "s/^shop::serve;shop::query;workload/worker;shop::refresh_[?];$task;shop::serve_[?];workload/" good >outside
sed "s/^shop::serve;shop::query;workload/worker;$task;shop::refresh_[?];shop::parse_[?];workload/" good >inside

"$score" --header
for case in good glue moved unsure hidden invented closure truncated; do
	"$score" --check --explain 2 --label $case truth $case
	echo "status $?"
done
for case in unsure hidden invented closure plain unmarked outside inside; do
	"$score" --check --no-names --label "$case, no names" truth $case
	echo "status $?"
done

# "*" is any frames, "f*3" is f;f;f.
cat >c.truth <<'EOF'
truth main;sort;*;compare;burn 500
truth main;f*3;burn 500
EOF
cat >c.folded <<'EOF'
main;f;f;f;burn 500
main;sort;compare;burn 250
main;sort;qsort;qsort_r;compare;burn 240
main;f;f;burn 10
EOF
"$score" --explain 2 --label patterns c.truth c.folded

echo "no count here" >broken
"$score" truth broken 2>&1
echo "status $?"
"$score" good good 2>&1
echo "status $?"
"$score" --check --samples 2000 --label few truth good
echo "status $?"
