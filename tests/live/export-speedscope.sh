#!/bin/sh
# workload: tokio-tasks --compiler stable --profile release
# timeout: 300
# speedscope itself, in a browser: what it imported is shown by thread, and written out again by its
# own Export it is the same stacks.
set -eu
. "$SRCDIR/tests/lib/record.sh"
. "$SRCDIR/tests/lib/exports.sh"
. "$SRCDIR/tests/lib/browser.sh"
need_perf
need_browser
need_viewer speedscope
record_service

"$APROF" export --format speedscope profile.aprof
cp -R "${viewer%/*}/." .
# As its command line does it: a script that hands the file over.
{
	printf 'speedscope.loadFileFromBase64("aprof.speedscope.json", "'
	base64 -w 0 aprof.speedscope.json
	echo '")'
} >load.js
sed -i 's|</title>|</title><style></style>|' index.html

cat >script.js <<'END'
const kept = [];
window.Blob = class extends Blob {
  constructor(parts, options) { super(parts, options); kept.push(parts.join("")); }
};
const leaf = text => [...document.querySelectorAll("*")].find(
  e => e.textContent.trim().endsWith(text) && !e.querySelector("div") && e.closest("div"));
for (let i = 0; i < 1000 && !leaf("Export"); i++)
  await new Promise(done => setTimeout(done, 10));
document.title.includes("tokio-tasks") || say("the title is", document.title);
leaf("Export").closest("div").click();
say(kept[0]);
END
browse index.html script.js 1000,800 "localProfilePath=$PWD/load.js&view=sandwich" >again.json
grep -q '^{' again.json || fail "speedscope wrote nothing: $(head -c 500 again.json)"
same_stacks speedscope again.json
