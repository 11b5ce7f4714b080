// What the page is made from, in the element #data (its shape: report/render/flame_html.c), and what
// the reader chose, kept in the address so that it can be sent to somebody.
const data = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);
const ROW = 19, FONT = 12, PAD = 4, LEAST = 0.4;
const canvas = $("canvas"), scroll = $("scroll"), space = $("space"), tip = $("tip");
// Nothing shines through it: it need not be mixed with what is below, pixel by pixel.
const ink = canvas.getContext("2d", { alpha: false });
const isDiff = data.totals.length === 2;

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
