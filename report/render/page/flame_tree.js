// A view: the nodes of one way to show the samples, and where their boxes are.
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
