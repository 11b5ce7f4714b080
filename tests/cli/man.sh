#!/bin/sh
# Each command has a manual page with exactly the options that its --help lists, and the page of the
# whole program lists all commands.
set -u
bad=0
complain() { echo "$*"; bad=1; }

helped() {
	"$APROF" "$1" --help | awk '/^  -[a-zA-Z0-9],? |^  -[a-zA-Z]$|^      --/ {
		n = split($0, word, " ")
		for (i = 1; i <= n && word[i] ~ /^-/; i++) {
			sub(/,$/, "", word[i])
			print word[i]
		}
	}' | sort -u
}

# Macros of options: ".It Fl i , -input Ar file" and ".It Fl -all-user , Fl -all-kernel".
manual() {
	awk '/^\.It Fl / {
		for (i = 2; i <= NF && $i !~ /^(Ar|Cm)$/; i++) {
			sub(/^\\/, "", $i)
			if ($i ~ /^-?[a-zA-Z][a-zA-Z0-9-]*$/ && $i !~ /^(Fl|Ns|Op)$/)
				print "-" $i
		}
	}' "$1" | sort -u
}

for command in $("$APROF" help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'); do
	page=$SRCDIR/docs/man/aprof-$command.1
	[ -f "$page" ] || { complain "aprof $command has no page"; continue; }
	helped "$command" >helped
	manual "$page" >manual
	diff helped manual >difference ||
		complain "aprof $command: --help (<) and its page (>) list other options:
$(grep '^[<>]' difference)"
	grep -q "^\.It Cm $command\$" "$SRCDIR/docs/man/aprof.1" ||
		complain "aprof.1 does not list $command"
	count=${count-}x
done
[ "${#count}" -ge 10 ] || complain "aprof help lists no commands"

if command -v man >/dev/null && command -v groff >/dev/null; then
	for page in "$SRCDIR"/docs/man/*.1; do
		man --warnings -E UTF-8 -l "$page" >/dev/null 2>warnings
		[ ! -s warnings ] || complain "$page: $(head -n 1 warnings)"
	done
fi
exit $bad
