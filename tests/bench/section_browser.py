"""A flame graph of 100,000 nodes in headless Chromium: time to open it, to zoom, to search."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading

import programs

NODES = 100_000
FUNCTIONS = 4_000

# Goes into the page: real time from the start of navigation to the first frame that is drawn, then
# from each event to the frame that shows what it did.
DRIVER = """
const drawn = () => new Promise(done => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = done;
  channel.port2.postMessage(0);
}));
const timed = async act => {
  const start = performance.now();
  act();
  await drawn();
  return performance.now() - start;
};
addEventListener("load", async () => {
  await drawn();
  const out = { open: performance.now(), zoom: [], search: [] };
  %s
  console.log("MEASURED" + JSON.stringify(out));
});
"""

PAGE = """
  const canvas = document.getElementById("canvas"), search = document.getElementById("search");
  const press = key => document.getElementById("scroll").dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true }));
  for (let i = 0; i < 24; i++) {
    const area = canvas.getBoundingClientRect();
    // Down one path and up again: each click is on a row of what the click before zoomed to.
    const at = { clientX: area.left + area.width * (i * 37 % 90 + 5) / 100, bubbles: true,
      clientY: area.top + (i % 8 + 1) * 19 + 8 };
    out.zoom.push(await timed(() => canvas.dispatchEvent(new MouseEvent("click", at))));
    if (i % 8 === 7)
      out.zoom.push(await timed(() => press("0")));
  }
  for (const text of ["f", "fu", "function_1", "/_[0-9]7/", ""])
    out.search.push(await timed(() => {
      search.value = text;
      search.dispatchEvent(new Event("input"));
    }));
  out.view = await timed(() => press("3"));
"""

PICTURE = """
  const frames = [...document.querySelectorAll("svg.f")];
  for (let i = 1; i < 9; i++)
    out.zoom.push(await timed(() => frames[i * i].dispatchEvent(
      new MouseEvent("click", { bubbles: true }))));
"""


def browser():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    raise programs.Missing("no chromium")


def tree_text():
    """A profile, as make_profile.py reads it, whose tree has NODES nodes: some deep, most narrow."""
    rng = random.Random(7)
    parent, depth, used = [0], [0], [0]
    while len(parent) <= NODES:
        at = len(parent) - 1 if rng.random() < 0.6 else int(len(parent) * rng.random() ** 2)
        if depth[at] >= 90:
            continue
        used[at] += 1
        parent.append(at)
        depth.append(depth[at] + 1)
        used.append(0)
    # Brothers have names of their own, or they would be one node.
    name = [0] * len(parent)
    taken = [0] * len(parent)
    for i in range(1, len(parent)):
        taken[parent[i]] += 1
        name[i] = (hash_of(parent[i]) + taken[parent[i]]) % FUNCTIONS
    yield "meta command wide\nmeta event.0.name cpu-clock\nmeta event.0.unit ns\nmodule jit [jit]"
    yield "thread 1 1 wide wide"
    for f in range(FUNCTIONS):
        yield (f"symbol 0 {16 + f * 16:x} 10 some_crate::module_{f % 37}::Type<alloc::vec::Vec<u8>>"
               f"::function_{f}")
    for i in range(1, len(parent)):
        if used[i]:
            continue
        frames, at = [], i
        while at:
            frames.append(f"0+{16 + name[at] * 16 + 8:x}")
            at = parent[at]
        yield f"row {i} 0 0 1000000 {' '.join(frames)}"


def hash_of(n):
    return n * 2654435761 % 2**32 >> 7


def profile():
    path = programs.path("wide-tree.aprof")
    source = os.path.abspath(__file__)
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(source):
        maker = os.path.join(programs.TOP, "tests", "cli", "make_profile.py")
        programs.call([sys.executable, maker, path], input="\n".join(tree_text()) + "\n")
    return path


def page(kind):
    """The graph with the driver at its end; as large as what aprof wrote."""
    path = programs.path("wide-tree." + kind)
    programs.call([programs.aprof(), "flamegraph", "-q", "-o", path, profile()])
    with open(path, encoding="utf-8") as f:
        text = f.read()
    end = "</svg>" if kind == "svg" else "</body>"
    script = DRIVER % (PICTURE if kind == "svg" else PAGE)
    before, after = text.rsplit(end, 1)
    if kind == "svg":
        script = f"<![CDATA[{script}]]>"
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"{before}<script>{script}</script>{end}{after}")
    return path


def drive(path):
    with tempfile.TemporaryDirectory(dir=programs.CACHE, ignore_cleanup_errors=True) as home:
        child = subprocess.Popen(
            [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--user-data-dir=" + home, "--window-size=1900,1000", "--enable-logging=stderr",
             "file://" + path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            errors="replace")
        late = threading.Timer(60, child.kill)
        late.start()
        try:
            for line in child.stderr:
                if "MEASURED{" in line:
                    return json.JSONDecoder().raw_decode(line.split("MEASURED", 1)[1])[0]
                if "Uncaught" in line:
                    raise programs.Missing("the page failed: " + line)
        finally:
            late.cancel()
            child.kill()
            child.wait()
            child.stderr.close()
    raise programs.Missing("the browser said nothing for a minute")


def show(report, args):
    html, svg = page("html"), page("svg")
    done = [drive(html) for _ in range(args.runs)]
    nodes = f"{NODES:,} nodes"
    report.add("browser", f"{nodes}, page: open", [d["open"] for d in done], "ms", most=2000)
    report.add("browser", f"{nodes}, page: zoom, slowest of {len(done[0]['zoom'])}",
               [max(d["zoom"]) for d in done], "ms", most=100)
    report.add("browser", f"{nodes}, page: search, slowest", [max(d["search"]) for d in done], "ms",
               most=100)
    report.add("browser", f"{nodes}, page: to physical stacks", [d["view"] for d in done], "ms")
    report.add("browser", f"{nodes}, page: size", [os.path.getsize(html) / 1e6], "MB")
    done = [drive(svg) for _ in range(args.runs)]
    report.add("browser", f"{nodes}, picture: open", [d["open"] for d in done], "ms", most=2000)
    report.add("browser", f"{nodes}, picture: zoom, slowest of {len(done[0]['zoom'])}",
               [max(d["zoom"]) for d in done], "ms", most=100)
    report.add("browser", f"{nodes}, picture: size", [os.path.getsize(svg) / 1e6], "MB")
