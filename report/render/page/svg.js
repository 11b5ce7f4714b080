// The script of an SVG flame graph: zoom, search, width. Frames are nested <svg class="f"> elements
// with their place in data-x, data-w (parts of the whole) and data-d (depth). Text is the dear part of
// a picture: only frames that have room for it have an element for it, here as in the file.
(() => {
"use strict";
const root = document.documentElement;
const frames = [...document.querySelectorAll("svg.f")].map(el => ({
  el, x: +el.dataset.x, w: +el.dataset.w, d: +el.dataset.d,
  text: el.querySelector("text"), name: el.querySelector("title").textContent.split("\n", 1)[0],
  shown: true, place: "", said: null,
}));
const all = frames[0], $ = id => document.getElementById(id);
const CHAR = 7.25;
let focus = all, query = "";
const past = [];

// Without scripts the picture is 1200 wide; with them it is as wide as its window.
root.setAttribute("width", "100%");

function draw() {
  const width = root.clientWidth || innerWidth, end = focus.x + focus.w, slack = focus.w * 1e-9;
  for (const f of frames) {
    const around = f.d < focus.d && f.x <= focus.x + slack && f.x + f.w >= end - slack;
    const inside = f.d >= focus.d && f.x >= focus.x - slack && f.x + f.w <= end + slack;
    const part = around ? 1 : f.w / focus.w, shown = around || (inside && part * width >= 0.3);
    if (shown !== f.shown)
      f.el.style.display = shown ? "" : "none";
    f.shown = shown;
    if (shown)
      put(f, part, around, Math.floor((part * width - 8) / CHAR));
  }
  $("reset").style.display = focus === all ? "none" : "";
  if (query)
    search(query);
}

function put(f, part, around, room) {
  const place = (around ? 0 : 100 * (f.x - focus.x) / focus.w) + "%";
  if (place !== f.place || part !== f.part) {
    f.el.setAttribute("x", f.place = place);
    f.el.setAttribute("width", 100 * (f.part = part) + "%");
  }
  if (around !== f.past)
    f.el.classList.toggle("past", f.past = around);
  const said = fitName(f.name, room);
  if (said === f.said)
    return;
  f.said = said;
  if (!said && f.text)
    f.text.remove();
  f.text = said && f.text ? f.text : null;
  if (said && !f.text) {
    f.text = document.createElementNS(root.namespaceURI, "text");
    f.text.setAttribute("x", f.el.querySelector(".task") ? 6 : 4);
    f.text.setAttribute("y", 13);
    f.el.append(f.text);
  }
  if (said)
    f.text.textContent = said;
}

function zoom(f) {
  if (f === focus)
    f = all;
  past.push(focus);
  focus = f;
  draw();
}

function search(text) {
  query = text;
  let test = name => name.toLowerCase().includes(text.toLowerCase());
  try {
    const regex = /^\/(.+)\/$/.exec(text);
    if (regex) {
      const re = new RegExp(regex[1], "i");
      test = name => re.test(name);
    }
  } catch (e) {
    test = () => false;
  }
  let sum = 0;
  const spans = [];
  for (const f of frames) {
    const hit = !!text && f !== all && test(f.name);
    f.el.classList.toggle("m", hit);
    if (hit)
      spans.push([Math.max(f.x, focus.x), Math.min(f.x + f.w, focus.x + focus.w)]);
  }
  // A stack counts once, however many of its frames match.
  spans.sort((a, b) => a[0] - b[0]);
  let reached = 0;
  for (const [from, to] of spans) {
    sum += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  $("matched").textContent = text ? `"${text}": ${(100 * sum / focus.w).toFixed(1)}%` : "";
  $("search").textContent = text ? "Clear" : "Search";
}

function ask() {
  const text = query ? "" : prompt("Search for text, or /regex/");
  if (text !== null)
    search(text);
}

frames.forEach(f => f.el.addEventListener("click", () => zoom(f)));
$("reset").addEventListener("click", () => { focus = all; draw(); });
$("search").addEventListener("click", ask);
addEventListener("resize", draw);
addEventListener("keydown", event => {
  if (event.key === "Escape")
    query ? search("") : (focus = all, draw());
  else if (event.key === "Backspace" && past.length)
    focus = past.pop(), draw();
  else if (event.key === "/" || (event.key === "f" && event.ctrlKey))
    query = "", ask();
  else
    return;
  event.preventDefault();
});
const asked = new URLSearchParams(location.hash.slice(1)).get("q");
query = asked || "";
$("search").style.display = "";
draw();
})();
