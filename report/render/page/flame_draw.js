// Drawing on the canvas, and what is at a place of it.
const TYPE = `${FONT}px ui-monospace, "DejaVu Sans Mono", "Liberation Mono", Menlo, monospace`;
let charWidth = 7, width = 0, height = 0, pixels = 1;

// Makes the canvas as large as its place; false if it is.
function fitCanvas() {
  const ratio = devicePixelRatio || 1, w = scroll.clientWidth, h = scroll.clientHeight;
  if (w === width && h === height && ratio === pixels)
    return false;
  width = w;
  height = h;
  pixels = ratio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = height + "px";
  ink.setTransform(ratio, 0, 0, ratio, 0, 0);
  setFont.now = null; // a canvas that was resized has forgotten it
  setFont(TYPE);
  charWidth = ink.measureText("m").width;
  return true;
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

// What a scheme gives to all boxes, looked up once a drawing; `page` is --page of flame.css.
const PAINT = {
  light: { match: "#ffa1ea", task: "#0b4a86", edge: "#000", text: "#16140f",
    page: "#fbfaf8" },
  dark: { match: "#b0258f", task: "#9cd0ff", edge: "#fff", text: "#f6f4f0",
    page: "#17181a" },
};
let paint = PAINT.light;

function box(i, x, w, y) {
  const v = view, faded = i !== v.root && v.end[i] >= v.end[v.root] && i < v.root;
  const off = state.kind >= 0 && i && data.kindOf[v.label[i]] !== state.kind;
  const gap = w > 3 ? 1 : 0;
  ink.globalAlpha = faded ? 0.55 : off ? 0.25 : 1;
  ink.fillStyle = matched(i) ? paint.match : fill(i);
  ink.fillRect(x, y, Math.max(w - gap, 1), ROW - 1);
  if (v.task[i] && w > 3) {
    ink.fillStyle = paint.task;
    ink.fillRect(x, y, 3, ROW - 1);
  }
  if (i === v.selected) {
    ink.strokeStyle = paint.edge;
    ink.lineWidth = 2;
    ink.strokeRect(x + 1, y + 1, Math.max(w - gap - 2, 1), ROW - 3);
  }
  if (w >= 4 * charWidth) // fewer letters tell nothing, and text is what drawing costs most
    boxText(i, x, w, y);
  ink.globalAlpha = 1;
}

// Setting a font costs, even one that is set.
function setFont(font) {
  if (font !== setFont.now)
    ink.font = setFont.now = font;
}

function boxText(i, x, w, y) {
  const left = Math.max(x, 0) + PAD + (view.task[i] ? 3 : 0);
  const room = Math.floor((Math.min(x + w, width) - left - 2) / charWidth);
  const text = fitName(i ? data.names[view.label[i]] : "all", room);
  if (!text)
    return;
  ink.fillStyle = paint.text;
  setFont(view.task[i] ? "bold " + TYPE : TYPE);
  ink.fillText(text, left, y + ROW / 2 + FONT * 0.34);
}

// Gives what can be seen of the zoomed part to put(node, x, width), callers first. Of boxes narrower
// than a pixel only the first in each pixel is drawn, and what is below the others is not looked at:
// so the work is bounded by the window, not by the tree.
function eachSeen(v, perPixel, put) {
  const total = v.total[state.side], from = v.x[v.root], taken = [];
  for (let i = v.root; i < v.end[v.root];) {
    const w = total[i] * perPixel, x = (v.x[i] - from) * perPixel, depth = v.depth[i];
    const last = taken[depth];
    if (w < LEAST || (w < 1 && last === Math.floor(x))) {
      i = v.end[i];
      continue;
    }
    taken[depth] = Math.floor(x + w - 1e-6);
    put(i, x, w);
    i++;
  }
}

let started = false; // nothing is drawn before all is set
let seen = []; // node, x, width of all that can be scrolled to

// Finds what can be seen. The page is only as tall as that.
function arrange() {
  const v = view, total = v.total[state.side];
  const perPixel = total[v.root] ? width / total[v.root] : 0;
  seen = [];
  rows = v.depth[v.root] + 1;
  for (let i = v.parent[v.root]; i >= 0; i = v.parent[i])
    seen.push(i, 0, width);
  eachSeen(v, perPixel, (i, x, w) => {
    seen.push(i, x, w);
    rows = Math.max(rows, v.depth[i] + 1);
  });
  space.style.height = pageHeight() + "px";
}

const pageHeight = () => Math.max(rows * ROW + 4, height);
const yOf = (depth, top) =>
  (state.up ? pageHeight() - (depth + 1) * ROW - 2 : depth * ROW + 2) - top;

// Painting is what costs, so everything that changes sizes comes before it: what is written above and
// below the graph (the caller's), the scroll bar, and scrolling to the node `reveal`.
function draw(reveal = -1) {
  const v = view;
  if (!started)
    return;
  if (v.laidOut !== state.side)
    layOut(v);
  fitCanvas();
  arrange();
  if (fitCanvas()) // the scroll bar came or went
    arrange();
  let top = scroll.scrollTop;
  const y = reveal < 0 ? 0 : yOf(v.depth[reveal], top);
  if (y < 0 || y > height - ROW) {
    scroll.scrollTop += y < 0 ? y - ROW : y - height + 2 * ROW;
    top = scroll.scrollTop;
  }
  paintAll(top);
}

function paintAll(top) {
  const depths = view.depth;
  paint = PAINT[isDark() ? "dark" : "light"];
  ink.fillStyle = paint.page;
  ink.fillRect(0, 0, width, height);
  drawn = [];
  paintedTop = top;
  for (let at = 0; at < seen.length; at += 3) {
    const i = seen[at], depth = depths[i], y = yOf(depth, top);
    if (y <= -ROW || y >= height)
      continue;
    (drawn[depth] = drawn[depth] || []).push(i, seen[at + 1], seen[at + 2]);
    box(i, seen[at + 1], seen[at + 2], y);
  }
}

let waiting = false, paintedTop = 0;

// Scrolling by draw() is told like the reader's, but has been painted.
function scrolled() {
  if (waiting || scroll.scrollTop === paintedTop)
    return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; paintAll(scroll.scrollTop); });
}

function resized() {
  if (scroll.clientWidth !== width || scroll.clientHeight !== height ||
    (devicePixelRatio || 1) !== pixels)
    draw();
}

function nodeAt(clientX, clientY) {
  const area = canvas.getBoundingClientRect();
  const x = clientX - area.left, y = clientY - area.top + scroll.scrollTop;
  const depth = Math.floor((state.up ? pageHeight() - 2 - y : y - 2) / ROW);
  const row = drawn[depth] || [];
  for (let at = 0; at < row.length; at += 3)
    if (x >= row[at + 1] && x < row[at + 1] + Math.max(row[at + 2], 1))
      return row[at];
  return -1;
}
