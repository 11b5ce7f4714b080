// The page of a flame graph: drawing, zooming, searching. Data is in the element #data; see
// report/render/flame_html.c for its shape.
(() => {
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const ROW = 19, FONT = 12, PAD = 4, LEAST = 0.4;
const canvas = $("canvas"), scroll = $("scroll"), space = $("space"), tip = $("tip");
const ink = canvas.getContext("2d");
const isDiff = data.totals.length === 2;

// --- colours -------------------------------------------------------------------------------------

// Hue, saturation, lightness in the light and in the dark scheme, by kind; the order is that of
// data.kinds.
const KINDS = {
  "async body": { light: [203, 72, 66], dark: [207, 55, 42] },
  "sync code": { light: [28, 88, 70], dark: [24, 60, 40] },
  "library": { light: [45, 38, 78], dark: [42, 20, 34] },
  "glue": { light: [0, 0, 84], dark: [0, 0, 28] },
  "kernel": { light: [281, 48, 78], dark: [281, 30, 42] },
  "unsure": { light: [66, 60, 74], dark: [66, 34, 32] },
  "thread": { light: [150, 30, 78], dark: [150, 18, 30] },
};

function hash(text) {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++)
    h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return h >>> 0;
}

const isDark = () => document.documentElement.classList.contains("dark");
const hsl = (h, s, l) => `hsl(${h} ${s}% ${l}%)`;

// Neighbours of one kind must be told apart: a name's lightness varies a little, by its hash.
let nameColors = [];
function colorNames() {
  const scheme = isDark() ? "dark" : "light";
  nameColors = data.names.map((name, i) => {
    const [h, s, l] = KINDS[data.kinds[data.kindOf[i]]][scheme];
    const vary = hash(name);
    return hsl(h + (vary >>> 8) % 9 - 4, s, l + vary % 9 - 4);
  });
}

// Blue is less, red is more, pale is the same: by the ratio of the shares, full at four times.
function changeColor(a, b) {
  const dark = isDark();
  if (!a && !b)
    return hsl(0, 0, dark ? 25 : 90);
  const change = !a ? 1 : !b ? -1 : Math.max(-1, Math.min(1, Math.log2(b / a) / 2));
  const strength = Math.abs(change);
  return hsl(change > 0 ? 8 : 216, 20 + 65 * strength,
    dark ? 26 + 18 * strength : 92 - 32 * strength);
}

// --- views ---------------------------------------------------------------------------------------

// A view's nodes come in depth-first order, each as depth, name, place where it was awaited, and
// its own amount (two of them in a comparison).
function readView(raw) {
  const width = isDiff ? 5 : 4, nodes = raw.nodes, n = nodes.length / width + 1;
  const v = {
    name: raw.name, n, depth: new Int32Array(n), label: new Int32Array(n),
    awaited: new Int32Array(n), parent: new Int32Array(n), end: new Int32Array(n),
    task: new Uint8Array(n), self: [], total: [], x: new Float64Array(n), deepest: 0,
    root: 0, back: [], selected: -1,
  };
  for (let s = 0; s < width - 3; s++) {
    v.self.push(new Float64Array(n));
    v.total.push(new Float64Array(n));
  }
  v.label[0] = v.parent[0] = v.awaited[0] = -1;
  const open = [0];
  for (let i = 1, at = 0; i < n; i++, at += width) {
    const depth = nodes[at];
    while (open.length > depth)
      v.end[open.pop()] = i;
    v.depth[i] = depth;
    v.parent[i] = open[open.length - 1];
    v.label[i] = nodes[at + 1];
    v.awaited[i] = nodes[at + 2] - 1;
    for (let s = 0; s < width - 3; s++)
      v.self[s][i] = v.total[s][i] = nodes[at + 3 + s];
    v.deepest = Math.max(v.deepest, depth);
    open.push(i);
  }
  while (open.length)
    v.end[open.pop()] = n;
  for (const task of raw.tasks)
    v.task[task] = 1;
  for (const total of v.total)
    for (let i = n - 1; i > 0; i--)
      total[v.parent[i]] += total[i];
  return v;
}

// Where each box begins, in the unit of what gives it its width.
function layOut(v) {
  const width = v.total[state.side], filled = new Float64Array(v.n);
  v.x[0] = 0;
  for (let i = 1; i < v.n; i++) {
    const p = v.parent[i];
    v.x[i] = v.x[p] + filled[p];
    filled[p] += width[i];
  }
  v.laidOut = state.side;
}

// --- state, kept in the address so that it can be sent to somebody ---------------------------------

const state = {
  view: 0, side: isDiff ? 1 : 0, up: data.up, query: "", kind: -1,
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
};
const views = data.views.map(() => null);
let view, matches = null, onlyOutermost = 0, drawn = [], rows = 0;

function readHash() {
  const words = new URLSearchParams(location.hash.slice(1));
  const name = words.get("view");
  const at = data.views.findIndex(v => v.name === name);
  if (at >= 0)
    state.view = at;
  if (words.has("up"))
    state.up = words.get("up") === "1";
  if (words.has("theme"))
    state.dark = words.get("theme") === "dark";
  if (isDiff && words.has("side"))
    state.side = words.get("side") === "A" ? 0 : 1;
  state.query = words.get("q") || "";
}

function writeHash() {
  const words = new URLSearchParams();
  if (state.view)
    words.set("view", data.views[state.view].name);
  if (state.up !== data.up)
    words.set("up", state.up ? "1" : "0");
  if (state.query)
    words.set("q", state.query);
  if (isDiff && state.side === 0)
    words.set("side", "A");
  if (state.themed)
    words.set("theme", state.dark ? "dark" : "light");
  try {
    history.replaceState(null, "", "#" + words);
  } catch (e) {
    // Some viewers show a file in a place where its address cannot change: no harm.
  }
}

// --- text ------------------------------------------------------------------------------------------

const count = n => Math.round(n).toLocaleString("en-US");
const percent = part => (100 * part).toFixed(part < 0.0995 ? 2 : 1) + "%";

function amount(value, side) {
  const samples = value / data.scale[side];
  let text = count(samples) + (Math.round(samples) === 1 ? " sample" : " samples");
  if (data.unit === "ns" && data.totals[side].samples) {
    const ns = value / data.scale[side] * data.totals[side].weight / data.totals[side].samples;
    text += ns >= 1e9 ? `, ${(ns / 1e9).toFixed(2)} s` : `, ${(ns / 1e6).toFixed(1)} ms`;
  }
  return text;
}

function describe(i, place) {
  const v = view, out = [];
  const line = (text, strong) => {
    const div = document.createElement(strong === "b" ? "b" : place === "tip" ? "div" : "span");
    div.textContent = text;
    if (strong === true)
      div.className = "strong";
    out.push(div);
  };
  line(i ? data.names[v.label[i]] : "all", "b");
  v.total.forEach((total, s) => {
    const who = isDiff ? "AB"[s] + ": " : "";
    let text = `${who}${amount(total[i], s)}, ${percent(total[i] / (total[0] || 1))} of all`;
    if (v.parent[i] > 0)
      text += `, ${percent(total[i] / (total[v.parent[i]] || 1))} of its caller`;
    if (v.self[s][i] && v.end[i] > i + 1)
      text += `; own ${percent(v.self[s][i] / (total[0] || 1))}`;
    line(text, true);
  });
  if (i) {
    const kind = data.kinds[data.kindOf[v.label[i]]];
    const source = data.places[data.placeOf[v.label[i]]];
    line((v.task[i] ? "task root, " : "") + kind + (source ? ", " + source : ""));
    if (v.awaited[i] >= 0)
      line("awaited at " + data.awaits[v.awaited[i]]);
  }
  return out;
}

// --- drawing ----------------------------------------------------------------------------------------

let charWidth = 7, width = 0, height = 0;

function resize() {
  const ratio = devicePixelRatio || 1;
  width = scroll.clientWidth;
  height = scroll.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = height + "px";
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  ink.font = `${FONT}px ui-monospace, "DejaVu Sans Mono", "Liberation Mono", Menlo, monospace`;
  charWidth = ink.measureText("m").width;
  draw();
}

const matched = i => matches && matches[view.label[i]];

function fill(i) {
  const v = view;
  if (i === 0)
    return isDark() ? "#303238" : "#e4e1da";
  if (isDiff)
    return changeColor(v.total[0][i] / (v.total[0][0] || 1), v.total[1][i] / (v.total[1][0] || 1));
  return nameColors[v.label[i]];
}

function box(i, x, w, y) {
  const v = view, faded = i !== v.root && v.end[i] >= v.end[v.root] && i < v.root;
  const off = state.kind >= 0 && i && data.kindOf[v.label[i]] !== state.kind;
  const gap = w > 3 ? 1 : 0;
  ink.globalAlpha = faded ? 0.55 : off ? 0.25 : 1;
  ink.fillStyle = matched(i) ? (isDark() ? "#b0258f" : "#ffa1ea") : fill(i);
  ink.fillRect(x, y, Math.max(w - gap, LEAST), ROW - 1);
  if (v.task[i] && w > 3) {
    ink.fillStyle = isDark() ? "#9cd0ff" : "#0b4a86";
    ink.fillRect(x, y, 3, ROW - 1);
  }
  if (i === v.selected) {
    ink.strokeStyle = isDark() ? "#fff" : "#000";
    ink.lineWidth = 2;
    ink.strokeRect(x + 1, y + 1, Math.max(w - gap - 2, 1), ROW - 3);
  }
  const left = Math.max(x, 0) + PAD + (v.task[i] ? 3 : 0);
  const room = Math.floor((Math.min(x + w, width) - left - 2) / charWidth);
  const text = fitName(i ? data.names[v.label[i]] : "all", room);
  if (text) {
    ink.fillStyle = isDark() ? "#f6f4f0" : "#16140f";
    ink.fillText(text, left, y + ROW / 2 + FONT * 0.34);
  }
  ink.globalAlpha = 1;
}

// Rows that the zoomed part needs, so that the page is only as tall as what there is to see.
function rowsOf(v, perPixel) {
  let deepest = v.depth[v.root];
  const total = v.total[state.side];
  for (let i = v.root; i < v.end[v.root];) {
    if (total[i] * perPixel < LEAST) {
      i = v.end[i];
      continue;
    }
    deepest = Math.max(deepest, v.depth[i]);
    i++;
  }
  return deepest + 1;
}

function draw() {
  const v = view;
  if (v.laidOut !== state.side)
    layOut(v);
  const total = v.total[state.side];
  const perPixel = total[v.root] ? width / total[v.root] : 0, from = v.x[v.root];
  rows = rowsOf(v, perPixel);
  space.style.height = Math.max(rows * ROW + 4, height) + "px";
  const top = scroll.scrollTop, all = Math.max(rows * ROW + 4, height);
  const yOf = depth => (state.up ? all - (depth + 1) * ROW - 2 : depth * ROW + 2) - top;
  const inSight = y => y > -ROW && y < height;
  ink.clearRect(0, 0, width, height);
  drawn = [];
  const put = (i, x, w) => {
    const y = yOf(v.depth[i]);
    if (!inSight(y))
      return;
    (drawn[v.depth[i]] = drawn[v.depth[i]] || []).push(i, x, w);
    box(i, x, w, y);
  };
  for (let i = v.parent[v.root]; i >= 0; i = v.parent[i])
    put(i, 0, width);
  for (let i = v.root; i < v.end[v.root];) {
    const w = total[i] * perPixel;
    if (w < LEAST) {
      i = v.end[i];
      continue;
    }
    put(i, (v.x[i] - from) * perPixel, w);
    i++;
  }
  draw.yOf = yOf;
}

let waiting = false;
function redraw() {
  if (waiting)
    return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; draw(); });
}

function nodeAt(clientX, clientY) {
  const area = canvas.getBoundingClientRect();
  const x = clientX - area.left, y = clientY - area.top + scroll.scrollTop;
  const all = Math.max(rows * ROW + 4, height);
  const depth = Math.floor((state.up ? all - 2 - y : y - 2) / ROW);
  const row = drawn[depth] || [];
  for (let at = 0; at < row.length; at += 3)
    if (x >= row[at + 1] && x < row[at + 1] + Math.max(row[at + 2], 1))
      return row[at];
  return -1;
}

// --- what the reader does ---------------------------------------------------------------------------

function showStatus() {
  const v = view, parts = describe(v.selected >= 0 ? v.selected : v.root, "status");
  $("status").replaceChildren();
  parts.forEach((part, i) => {
    if (i)
      $("status").append("  \u00b7  ");
    $("status").append(part);
  });
  $("back").disabled = !v.back.length;
  $("reset").disabled = v.root === 0;
}

function zoom(i, remember) {
  if (i < 0 || i === view.root)
    return;
  if (remember)
    view.back.push(view.root);
  view.root = i;
  view.selected = i;
  draw();
  reveal(i);
  showMatched();
  showStatus();
}

function back() {
  if (view.back.length)
    zoom(view.back.pop(), false);
}

function reset() {
  zoom(0, true);
}

function reveal(i) {
  const y = draw.yOf(view.depth[i]);
  if (y < 0 || y > height - ROW) {
    scroll.scrollTop += y < 0 ? y - ROW : y - height + 2 * ROW;
    draw();
  }
}

function select(i) {
  if (i < 0)
    return;
  if (i < view.root || i >= view.end[view.root])
    zoom(ancestorAround(i), true);
  if (pixelsIn(view.root, i) < NARROW)
    zoom(wideAncestor(i), true);
  view.selected = i;
  draw();
  reveal(i);
  showStatus();
}

const NARROW = 4; // pixels that a selected box has at least

const pixelsIn = (root, i) => {
  const total = view.total[state.side];
  return total[root] ? total[i] / total[root] * width : 0;
};

// The outermost frame around `i` in which it is wide enough to be seen.
function wideAncestor(i) {
  let at = i;
  while (view.parent[at] >= 0 && pixelsIn(view.parent[at], i) >= NARROW)
    at = view.parent[at];
  return at;
}

// The closest node around `i` that the zoom can go to so that it is in sight.
function ancestorAround(i) {
  let at = view.root;
  while (at > 0 && (i < at || i >= view.end[at]))
    at = view.parent[at];
  return at;
}

function search(query) {
  state.query = query;
  let test = null, bad = false;
  const regex = /^\/(.+)\/$/.exec(query);
  try {
    if (regex) {
      const re = new RegExp(regex[1], "i");
      test = name => re.test(name);
    } else if (query) {
      const lower = query.toLowerCase();
      test = name => name.toLowerCase().includes(lower);
    }
  } catch (e) {
    bad = true;
  }
  $("search").setAttribute("aria-invalid", bad);
  matches = test ? data.names.map(test) : null;
  showMatched();
  writeHash();
  draw();
}

// The matched share counts a stack once, however many of its frames match.
function showMatched() {
  if (!matches) {
    $("matched").textContent = state.query ? "not a regex" : "";
    return;
  }
  const v = view, total = v.total[state.side];
  let sum = 0, frames = 0;
  for (let i = Math.max(v.root, 1), skip = 0; i < v.end[v.root]; i++) {
    if (!matches[v.label[i]])
      continue;
    frames++;
    if (i >= skip) {
      sum += total[i];
      skip = v.end[i];
    }
  }
  $("matched").textContent = frames ?
    `${percent(sum / (total[v.root] || 1))} in ${count(frames)} frame${frames === 1 ? "" : "s"}` :
    "no match";
}

function nextMatch(step) {
  if (!matches)
    return;
  const v = view, start = v.selected > 0 ? v.selected : 0;
  for (let k = 1; k <= v.n; k++) {
    const i = (start + step * k + v.n * 2) % v.n;
    if (i > 0 && matches[v.label[i]] && v.total[state.side][i] > 0) {
      select(i);
      return;
    }
  }
}

const visible = i => i >= 0 && view.total[state.side][i] > 0;

function neighbour(step) {
  const v = view, i = v.selected;
  if (i <= 0)
    return -1;
  const p = v.parent[i];
  if (step > 0)
    return v.end[i] < v.end[p] && visible(v.end[i]) ? v.end[i] : -1;
  let last = -1;
  for (let at = p + 1; at < i; at = v.end[at])
    last = at;
  return last;
}

function move(key) {
  const v = view, at = v.selected >= 0 ? v.selected : v.root;
  const inner = state.up ? "ArrowUp" : "ArrowDown";
  if (v.selected < 0)
    select(at);
  else if (key === "ArrowLeft" || key === "ArrowRight")
    select(neighbour(key === "ArrowRight" ? 1 : -1));
  else if (key === inner)
    select(v.end[at] > at + 1 && visible(at + 1) ? at + 1 : -1);
  else
    select(v.parent[at]);
}

function setView(at) {
  if (at < 0 || at >= data.views.length)
    return;
  state.view = at;
  view = views[at] = views[at] || readView(data.views[at]);
  [...$("views").children].forEach((b, i) => b.setAttribute("aria-pressed", i === at));
  search(state.query);
  showStatus();
}

function setUp(up) {
  state.up = up;
  $("up").setAttribute("aria-pressed", up);
  $("down").setAttribute("aria-pressed", !up);
  draw();
  if (up)
    scroll.scrollTop = scroll.scrollHeight;
  writeHash();
}

function setDark(dark) {
  state.dark = dark;
  document.documentElement.classList.toggle("dark", dark);
  $("theme").textContent = dark ? "Light" : "Dark";
  colorNames();
  legend();
  writeHash();
  draw();
}

function legend() {
  const box = $("legend");
  box.replaceChildren();
  if (isDiff) {
    const note = text => {
      const span = document.createElement("span");
      span.className = "note";
      span.textContent = text;
      box.append(span);
    };
    const scale = document.createElement("i");
    scale.className = "scale";
    scale.style.background = `linear-gradient(to right, ${changeColor(4, 1)},
      ${changeColor(1, 1)}, ${changeColor(1, 4)})`;
    note("share of B: a quarter of A's");
    box.append(scale);
    note("four times A's");
    return;
  }
  const used = new Set(data.kindOf);
  data.kinds.forEach((kind, k) => {
    if (!used.has(k))
      return;
    const button = document.createElement("button"), swatch = document.createElement("i");
    swatch.style.background = hsl(...KINDS[kind][isDark() ? "dark" : "light"]);
    button.append(swatch, kind);
    button.title = "Show only these in full colour";
    button.setAttribute("aria-pressed", state.kind === k);
    button.onclick = () => {
      state.kind = state.kind === k ? -1 : k;
      legend();
      draw();
    };
    box.append(button);
  });
  const note = document.createElement("span"), bar = document.createElement("i");
  note.className = "note";
  bar.style.cssText = `display:inline-block;width:3px;height:12px;border:0;vertical-align:-2px;
    margin-right:6px;background:${isDark() ? "#9cd0ff" : "#0b4a86"}`;
  note.append(bar, "task root");
  box.append(note);
}

// --- events -----------------------------------------------------------------------------------------

function showTip(event) {
  const i = nodeAt(event.clientX, event.clientY);
  tip.hidden = i < 0;
  canvas.style.cursor = i < 0 ? "" : "pointer";
  if (i < 0)
    return;
  tip.replaceChildren(...describe(i, "tip"));
  const x = event.clientX + 14, y = event.clientY + 16;
  tip.style.left = Math.max(8, Math.min(x, innerWidth - tip.offsetWidth - 8)) + "px";
  tip.style.top = (y + tip.offsetHeight < innerHeight - 4 ? y :
    event.clientY - tip.offsetHeight - 10) + "px";
}

const KEYS = {
  "Enter": () => zoom(view.selected, true),
  "Backspace": back,
  "0": reset,
  "n": () => nextMatch(1),
  "N": () => nextMatch(-1),
  "i": () => setUp(!state.up),
  "t": () => { state.themed = true; setDark(!state.dark); },
  "?": () => $("keys").showModal(),
  "/": () => { $("search").focus(); $("search").select(); },
  "Escape": () => {
    if (state.query)
      search($("search").value = "");
    else
      reset();
  },
};

function onKey(event) {
  if (event.key === "f" && (event.ctrlKey || event.metaKey)) {
    KEYS["/"]();
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open)
    return;
  if (event.target === $("search")) {
    if (event.key === "Enter")
      nextMatch(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      search($("search").value = "");
      scroll.focus();
    } else
      return;
    event.preventDefault();
    return;
  }
  if (event.target.tagName === "BUTTON" && (event.key === "Enter" || event.key === " "))
    return;
  if (event.key.startsWith("Arrow"))
    move(event.key);
  else if (/^[1-9]$/.test(event.key) && event.key <= data.views.length)
    setView(event.key - 1);
  else if (KEYS[event.key])
    KEYS[event.key]();
  else
    return;
  event.preventDefault();
}

function listen() {
  addEventListener("keydown", onKey);
  addEventListener("resize", resize);
  // In the next frame: drawing changes sizes, which an observer may not do while it observes.
  new ResizeObserver(() => requestAnimationFrame(resize)).observe(scroll);
  scroll.addEventListener("scroll", () => { tip.hidden = true; redraw(); });
  canvas.addEventListener("mousemove", showTip);
  canvas.addEventListener("mouseleave", () => { tip.hidden = true; });
  canvas.addEventListener("click", event => {
    const i = nodeAt(event.clientX, event.clientY);
    if (i === view.root)
      reset();
    else
      zoom(i, true);
    tip.hidden = true;
  });
  $("search").addEventListener("input", event => search(event.target.value));
  $("back").onclick = back;
  $("reset").onclick = reset;
  $("up").onclick = () => setUp(true);
  $("down").onclick = () => setUp(false);
  $("theme").onclick = KEYS.t;
  $("help").onclick = KEYS["?"];
}

function buttons() {
  data.views.forEach((v, i) => {
    const button = document.createElement("button");
    button.textContent = v.name;
    button.title = `${v.about} (${i + 1})`;
    button.onclick = () => setView(i);
    $("views").append(button);
  });
  $("viewkeys").textContent = data.views.map((v, i) => i + 1).join(", ");
  if (!isDiff)
    return;
  const group = document.createElement("span");
  group.className = "group";
  ["Width A", "Width B"].forEach((text, side) => {
    const button = document.createElement("button");
    button.textContent = text;
    button.title = "What gives a box its width";
    button.setAttribute("aria-pressed", state.side === side);
    button.onclick = () => {
      state.side = side;
      [...group.children].forEach((b, i) => b.setAttribute("aria-pressed", i === side));
      showMatched();
      writeHash();
      draw();
    };
    group.append(button);
  });
  $("views").after(group);
}

document.title = data.title + " - aprof";
$("title").textContent = data.title;
$("summary").textContent = data.summary;
readHash();
buttons();
$("search").value = state.query;
view = views[state.view] = readView(data.views[state.view]);
layOut(view);
document.documentElement.classList.toggle("dark", state.dark);
colorNames();
resize();
setDark(state.dark);
setView(state.view);
setUp(state.up);
listen();
})();
