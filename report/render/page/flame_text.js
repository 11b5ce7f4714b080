// What is said of a frame, on hover and below the graph.
const grouped = new Intl.NumberFormat("en-US"); // made once: making one is slow
const count = n => grouped.format(Math.round(n));
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
