# Driving a page in headless Chromium without anything but Chromium; sourced by tests.

# Leaves the test out where there is no browser.
need_browser() {
	for browser in chromium chromium-browser google-chrome; do
		command -v $browser >/dev/null 2>&1 && return
	done
	echo "needs chromium"
	exit 77
}

# A folder of its own for each run: one that has just ended may still be letting go of its own.
run_browser() {
	runs=$((${runs:-0} + 1))
	timeout 100 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
		--user-data-dir="$PWD/browser.$runs" "$@" 2>browser.err
}

# browse FILE SCRIPT SIZE [HASH]: opens a copy of FILE with SCRIPT run in it once it has loaded, in a
# window of SIZE ("600,900"), and prints what the script gives to say(), a line each.
browse() {
	case $1 in
	*.svg) end='</svg>' ;;
	*) end='</body>' ;;
	esac
	python3 - "$1" "$2" "$end" "driven.${1##*.}" <<-'END'
		import sys
		page, script, end, out = sys.argv[1:]
		text = open(page, encoding="utf-8").read()
		before, after = text.rsplit(end, 1)
		# First of all scripts, so that errors of the page's own are heard.
		first = 'const said = []; const say = (...words) => said.push(words.join(" "));'
		first += 'addEventListener("error", e => say("ERROR:", e.message));'
		at = before.index("</style>") + len("</style>")
		before = "%s<script>%s</script>%s" % (before[:at], first.replace("=>", "=&gt;")
		                                      if end == "</svg>" else first, before[at:])
		head = '''
		const key = (k, more) => (document.activeElement || document.documentElement).dispatchEvent(
		  new KeyboardEvent("keydown", {key: k, bubbles: true, cancelable: true, ...more}));
		// Without timers virtual time leaps to its end, and a frame may come too late.
		const frame = () => new Promise(done => {
		  let wait = true;
		  const tick = () => wait && setTimeout(tick, 1);
		  tick();
		  requestAnimationFrame(() => setTimeout(() => { wait = false; done(); }));
		});
		const done = () => document.documentElement.setAttribute("data-said", btoa(
		  Array.from(new TextEncoder().encode(said.join("\\n")), b => String.fromCharCode(b)).join("")));
		addEventListener("load", async () => { try { await test(); } catch (e) {
		  say("ERROR:", e.message); } done(); });
		'''
		test = "async function test() {\n%s\n}\n" % open(script, encoding="utf-8").read()
		with open(out, "w", encoding="utf-8") as f:
		    f.write("%s<script><![CDATA[%s%s]]></script>%s%s" % (before, head, test, end, after)
		            if end == "</svg>" else
		            "%s<script>%s%s</script>%s%s" % (before, head, test, end, after))
	END
	# Virtual time may run out before a busy machine has drawn the frames that the script waits for:
	# then the page is opened again, with more of it.
	for budget in 20000 200000 2000000 20000000; do
		run_browser --window-size="$3" --virtual-time-budget=$budget --dump-dom \
			"file://$PWD/driven.${1##*.}${4:+#$4}" >dom
		! grep -q 'data-said=' dom || break
	done
	python3 - <<-'END'
		import base64, re
		found = re.search(r'data-said="([^"]*)"', open("dom", encoding="utf-8").read())
		print(base64.b64decode(found.group(1)).decode() if found else "the page said nothing")
	END
}

# screenshot FILE SIZE OUT [HASH]
screenshot() {
	run_browser --window-size="$2" --screenshot="$3" "file://$PWD/$1${4:+#$4}" >/dev/null
}
