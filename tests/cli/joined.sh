#!/bin/sh
# Recordings one behind the other in a file, whose ids mean other things in each, are all counted.
. "$SRCDIR/tests/lib/sample.sh"
need_sample

# recording OUT ROW…: "NAME,NAME" leaf first
recording() {
	out=$1
	shift
	{
		cat <<-END
		meta event.0.name cpu-clock
		meta event.0.unit ns
		module jit [jit]
		thread 10 10 shop shop
		symbol 0 1000 100 main
		symbol 0 2000 100 parse
		symbol 0 3000 100 hash
		END
		printf '%s\n' "$@" | sed 's/main/0+1010/g; s/parse/0+2010/g; s/hash/0+3010/g; s/,/ /g' |
			awk '{ print "row", NR * 1000, 0, 0, 1000000, $0 }'
	} | python3 "$SRCDIR/tests/cli/make_profile.py" "$out"
}

recording first main,main parse,main parse,main hash,parse,main
recording second hash,main hash,main parse,main main,main
cat first second >both
for file in first second both; do
	echo "--- $file"
	"$APROF" report -q --folded $file
done
