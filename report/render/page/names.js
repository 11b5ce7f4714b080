// Shortening Rust paths to the room there is, as report/render/shorten.c does it for text: types lose
// their paths, then generic arguments go, then segments in front. Shared by both flame graphs.
const isWord = c => /[A-Za-z0-9_\u0080-\uffff]/.test(c);

function shortenTypes(name) {
  let out = "", depth = 0;
  for (let at = 0; at < name.length;) {
    const word = /^[\w\u0080-\uffff]+/.exec(name.slice(at));
    if (word) {
      const next = at + word[0].length;
      const goesOn = depth > 0 && name.startsWith("::", next) && isWord(name[next + 2] || "");
      if (!goesOn)
        out += word[0];
      at = goesOn ? next + 2 : next;
      continue;
    }
    if (name[at] === "<")
      depth++;
    else if (name[at] === ">" && name[at - 1] !== "-" && depth)
      depth--;
    out += name[at++];
  }
  return out;
}

function dropArguments(name) {
  let out = "", depth = 0;
  for (let at = 0; at < name.length; at++) {
    const c = name[at];
    if (!depth && c === "<" && at && (isWord(name[at - 1]) || name[at - 1] === "}")) {
      out += "<\u2026>";
      depth = 1;
    } else if (depth) {
      depth += c === "<" ? 1 : c === ">" && name[at - 1] !== "-" ? -1 : 0;
    } else {
      out += c;
    }
  }
  return out;
}

// Where segments begin that are not inside of a type.
function segments(name) {
  const starts = [];
  let depth = 0;
  for (let at = 0; at < name.length; at++) {
    if (name[at] === "<")
      depth++;
    else if (name[at] === ">" && name[at - 1] !== "-" && depth)
      depth--;
    else if (!depth && name.startsWith("::", at))
      starts.push(at + 2);
  }
  return starts;
}

// The shorter forms of a name, longest first, made once.
const forms = new Map();

function formsOf(name) {
  let of = forms.get(name);
  if (!of) {
    const typed = shortenTypes(name), bare = dropArguments(typed), starts = segments(bare);
    of = [typed, bare, ...starts.map(start => bare.slice(start))];
    // "{async_block#0}" alone says nothing: whose it is comes first.
    while (of.length > 2 && of[of.length - 1].startsWith("{"))
      of.pop();
    forms.set(name, of);
  }
  return of;
}

// What fits of a name into `room` characters; "" if that is too little to say anything.
function fitName(name, room) {
  if (room < 3)
    return "";
  if (name.length <= room)
    return name;
  const of = formsOf(name);
  for (const form of of)
    if (form.length <= room)
      return form;
  return of[of.length - 1].slice(0, room - 1) + "\u2026";
}
