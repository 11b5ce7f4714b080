// What the mouse and the keys do.
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
  addEventListener("resize", resized);
  // In the next frame: drawing changes sizes, which an observer may not do while it observes.
  new ResizeObserver(() => requestAnimationFrame(resized)).observe(scroll);
  scroll.addEventListener("scroll", () => { tip.hidden = true; scrolled(); });
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
