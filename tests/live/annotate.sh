#!/bin/sh
# workload: tokio-tasks --compiler stable --profile release
# `aprof annotate` on a recorded service and on a C program: await lines say what is awaited there and
# what it cost, calls say what is called, and source is found by DWARF's path, below --source-dir, or
# said to be missing.
set -eu
. "$SRCDIR/tests/lib/record.sh"
. "$SRCDIR/tests/lib/exports.sh"
need_perf
record_service
export LC_ALL=C

# annotate FUNCTION OPTION…: the text, without colours, 80 columns wide.
annotate()
{
	function=$1
	shift
	"$APROF" annotate "$@" "$function" profile.aprof >text 2>err || fail "annotate: $(cat err)"
}

# line CODE NOTE: the line with that code is followed by that note.
line()
{
	grep -F -A1 -- "$1" text | tail -n 1 | grep -Eq -- "^ +. $2\$" || {
		cat text >&2
		fail "not below '$1': $2"
	}
}

annotate tokio_tasks::connection --source-dir "$SRCDIR/tests/workloads"
share='\([0-9]+\.[0-9]%\)'
expect_text text '^ +[0-9]+\.[0-9]% +[0-9]+  \|         let request = read_request\(id\)\.await;$'
line 'let request = read_request(id).await;' "awaits tokio_tasks::read_request $share"
line '        .await;' "awaits tokio_tasks::query $share"
line 'respond(rows).await;' "awaits tokio_tasks::respond $share"
# Code is shown as it is written, however many paths are in a line.
expect_text text '"tokio_tasks::connection;tokio_tasks::que'

# The shares are the report's: what query cost below connection.
want=$(awk '{ all += $NF } /^tokio_tasks::connection;tokio_tasks::query[; ]/ { n += $NF }
	END { printf "%.1f%%", 100 * n / all }' expected)
grep -q "awaits tokio_tasks::query ($want)" text || fail "query's share is not $want: $(cat text)"

annotate tokio_tasks::query --source-dir "$SRCDIR/tests/workloads"
line 'x ^= burn(chain, SLICE);' "calls workload::burn $share"

annotate tokio_tasks::connection --html -o page.html --source-dir "$SRCDIR/tests/workloads"
python3 - <<'END' || fail "the page does not say what is awaited"
import html.parser, re

class Rows(html.parser.HTMLParser):
    rows, scripts = [], 0
    def handle_starttag(self, tag, attrs):
        self.scripts += tag in ("script", "img", "link")
        if tag == "tr":
            self.rows.append("")
    def handle_data(self, data):
        if self.rows:
            self.rows[-1] += data

page = Rows()
page.feed(open("page.html", encoding="utf-8").read())
assert not page.scripts
assert any(re.search(r"read_request\(id\)\.await;.*awaits tokio_tasks::read_request", row)
           for row in page.rows), page.rows
END

# By DWARF's path; below a folder; and when it is gone.
burn
"$APROF" record -q -o profile.aprof -- ./burn 0.3
annotate burn_here
expect_text text '\|.*sink \+= \(unsigned\)i;'
mkdir -p moved/here
mv burn.c moved/here/burn.c
annotate burn_here
expect_text text 'burn\.c: source not found'
expect_text text '^ +[0-9.]+% +[0-9.]+% +[0-9]+'
expect_text err '^aprof: source was not found; --source-dir DIR says where it is$'
annotate burn_here --source-dir moved/here
expect_text text '\|.*sink \+= \(unsigned\)i;'
[ ! -s err ] || fail "found, and yet: $(cat err)"

expect_status 1 "$APROF" annotate burn_her profile.aprof
expect_text err "no function 'burn_her' in this profile"
expect_text err "did you mean 'burn_here'"
expect_status 2 "$APROF" annotate
expect_text err 'annotate takes the name of a function'
