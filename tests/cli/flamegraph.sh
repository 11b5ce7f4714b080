#!/bin/sh
# timeout: 300
# The page and the picture of `aprof flamegraph`, driven in a browser: search, zoom and back, views,
# keys, resizing, both schemes; and that names from outside stay text.
. "$SRCDIR/tests/lib/sample.sh"
. "$SRCDIR/tests/lib/browser.sh"
need_sample
need_browser
sample_profile sample.aprof

"$APROF" flamegraph -o page.html sample.aprof
"$APROF" flamegraph -o picture.svg sample.aprof
python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse("picture.svg")' && echo "well-formed"
grep -cE 'https?://' page.html picture.svg | sed 's/:.*w3.org.*//'

cat >script.js <<'E2'
const $ = id => document.getElementById(id);
const status = () => $("status").textContent.replace(/\s+/g, " ");
const pressed = id => [...$(id).children].filter(b => b.getAttribute("aria-pressed") === "true")
  .map(b => b.textContent).join();
const type = text => {
  $("search").value = text;
  $("search").dispatchEvent(new Event("input"));
  return $("matched").textContent;
};
$("scroll").focus();
say("title:", document.title);
say("view:", pressed("views"), "|", [...$("legend").querySelectorAll("button")].map(b => b.textContent).join());
say("at first:", status());
say("search fib:", type("fib"));
say("search regex:", type("/^hash|^fib/"));
say("bad regex:", type("/(/"), $("search").getAttribute("aria-invalid"));
say("nothing:", type("nothing at all"));
type("hash");
key("n"); say("n:", status());
key("n"); say("n again:", status());
key("Enter"); say("zoomed:", status(), $("back").disabled, $("reset").disabled);
say("matched in zoom:", $("matched").textContent);
key("Backspace"); say("back:", $("back").disabled, $("reset").disabled);
key("Escape"); say("escape:", JSON.stringify($("search").value), $("matched").textContent);
key("Escape"); say("escape again:", status());
for (const k of ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowUp"]) {
  key(k);
  say(k + ":", status().split(" \u00b7")[0]);
}
key("3"); say("3:", pressed("views"), location.hash);
key("2"); say("2:", pressed("views"));
key("1"); say("1:", pressed("views"));
key("i"); say("i:", $("up").getAttribute("aria-pressed"));
key("t"); say("t:", document.documentElement.className, location.hash);
key("/"); say("/:", document.activeElement.id);
$("scroll").focus();
key("?"); say("?:", $("keys").open); $("keys").close();
// A click on the second row: the first root.
key("i"); key("0");
const area = $("canvas").getBoundingClientRect();
const at = { clientX: area.left + 20, clientY: area.top + 19 + 8, bubbles: true };
$("canvas").dispatchEvent(new MouseEvent("mousemove", at));
say("tip:", $("tip").hidden, [...$("tip").children].map(e => e.textContent).join(" | "));
$("canvas").dispatchEvent(new MouseEvent("click", at));
say("clicked:", status().split(" \u00b7")[0]);
// What is drawn follows the size of the window.
const before = $("canvas").width;
document.body.style.width = "400px";
await frame(); await frame(); await frame();
say("resized:", $("canvas").width < before, $("canvas").width / devicePixelRatio <= 400);
document.body.style.width = "";
// A key paints once, though the graph scrolls for it; the scrolling asks for nothing more.
$("scroll").style.flex = "0 0 60px";
let paints = 0, most = 0;
const fillRect = CanvasRenderingContext2D.prototype.fillRect;
CanvasRenderingContext2D.prototype.fillRect = function (x, y, w, h) {
  paints += x === 0 && y === 0 && h > 2 * 19; // what is behind all boxes
  return fillRect.call(this, x, y, w, h);
};
for (const k of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"]) {
  paints = 0;
  key(k);
  most = Math.max(most, paints);
}
let asked = 0;
window.requestAnimationFrame = () => asked++;
$("scroll").dispatchEvent(new Event("scroll"));
say("scrolled:", $("scroll").scrollTop > 0, "paints:", most, "frames asked for:", asked);
say("overflow:", document.documentElement.scrollWidth > innerWidth);
E2
for size in 600,900 1900,1000; do
	echo "--- page at $size"
	browse page.html script.js $size theme=light
done

cat >script.js <<'E2'
const frames = [...document.querySelectorAll("svg.f")];
const shown = () => frames.filter(f => f.style.display !== "none").length;
const text = f => f.querySelector("text").textContent;
const click = f => f.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const find = name => frames.find(f => f.querySelector("title").textContent.startsWith(name));
say("frames:", shown(), "first title:", frames[1].querySelector("title").textContent.replace(/\n/g, " | "));
say("matched:", document.getElementById("matched").textContent);
say("marked:", document.querySelectorAll(".m").length);
click(find("tokio-worker"));
say("zoomed:", shown(), find("tokio-worker").getAttribute("width"), document.getElementById("matched").textContent);
key("Escape"); key("Escape");
say("reset:", shown(), JSON.stringify(document.getElementById("matched").textContent));
say("name:", text(find("warehouse")).length < 60);
E2
echo "--- picture"
browse picture.svg script.js 600,500 q=hash

# Names are text wherever they stand.
{
	cat <<-END
	meta event.0.name cpu-clock
	meta event.0.unit ns
	meta command </script><script>said.push("run")</script>
	module jit [jit]
	thread 10 10 </text><script>said.push("thread")</script> x
	symbol 0 1000 100 </script><script>said.push("name")</script>
	symbol 0 2000 100 </title><img src=x onerror=said.push("image")>&amp;"']]>
	row 1000 0 0 1000000 0+1050 0+2050
	END
} | python3 "$SRCDIR/tests/cli/make_profile.py" hostile.aprof
"$APROF" flamegraph -o hostile.html hostile.aprof
"$APROF" flamegraph -o hostile.svg hostile.aprof
python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse("hostile.svg")' && echo "well-formed"
echo 'document.getElementById("scroll").focus(); key("ArrowDown"); key("ArrowDown"); key("ArrowDown");
say(document.title); say(document.getElementById("status").textContent.split("  ")[0]);
say(document.images.length);' >script.js
browse hostile.html script.js 800,600
