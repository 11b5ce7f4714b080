// Zooming, and moving the selection from frame to frame.
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

function goTo(i, remember) {
  if (i < 0 || i === view.root)
    return false;
  if (remember)
    view.back.push(view.root);
  view.root = view.selected = i;
  showMatched();
  return true;
}

function zoom(i, remember) {
  if (goTo(i, remember))
    show(i);
}

function show(i) {
  showStatus();
  draw(i);
}

function back() {
  if (view.back.length)
    zoom(view.back.pop(), false);
}

function reset() {
  zoom(0, true);
}

function select(i) {
  if (i < 0)
    return;
  if (i < view.root || i >= view.end[view.root])
    goTo(ancestorAround(i), true);
  if (pixelsIn(view.root, i) < NARROW)
    goTo(wideAncestor(i), true);
  view.selected = i;
  show(i);
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
