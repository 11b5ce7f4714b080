// Colours of frames: by kind, or by change.
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
