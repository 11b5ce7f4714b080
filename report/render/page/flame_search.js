// Searching, and the share that matches.
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
