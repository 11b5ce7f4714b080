#!/bin/sh
# scripts/truth-awaits tells right sites of awaits from wrong ones, outside macros and inside them.
awaits="$SRCDIR/scripts/truth-awaits"

cat >truth <<'EOF'
await shop::serve;shop::query src/main.rs:10
await shop::serve;shop::query src/main.rs:20
macro shop::both;shop::query src/main.rs:30-33
truth shop::serve;shop::query;workload::burn 100
EOF
cat >good <<'EOF'
shop::serve (main.rs:10);shop::query (main.rs:5);workload::burn 3
shop::serve (main.rs:20);shop::query (main.rs:5);workload::burn 4
shop::both (macro join.rs:150);shop::query;workload::burn 5
shop::both (main.rs:31);shop::query;workload::burn 6
shop::serve;[tokio] 7
EOF
sed 's/serve (main.rs:20)/serve (main.rs:21)/' good >line
sed 's/serve (main.rs:20)/serve (macro main.rs:20)/' good >marked
sed 's/both (macro join/both (join/' good >unmarked
sed 's/serve (main.rs:20)/serve/' good >none
sed 's/serve (main.rs:20)/serve (near main.rs:18)/' good >near
sed 's/serve (main.rs:20)/serve (near main.rs:21)/' good >below
for case in good line marked unmarked none near below; do
	echo "$case:"
	"$awaits" truth $case
	echo "status $?"
done
