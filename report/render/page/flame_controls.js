// Views, directions, schemes, and the buttons and the legend that show them.
function setView(at) {
  if (at < 0 || at >= data.views.length)
    return;
  state.view = at;
  view = views[at] = views[at] || readView(data.views[at]);
  [...$("views").children].forEach((b, i) => b.setAttribute("aria-pressed", i === at));
  showStatus();
  search(state.query);
}

function setUp(up) {
  state.up = up;
  $("up").setAttribute("aria-pressed", up);
  $("down").setAttribute("aria-pressed", !up);
  draw(up ? 0 : -1);
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
  note.append(bar, Object.assign(document.createElement("b"), { textContent: "task root" }));
  box.append(note);
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
